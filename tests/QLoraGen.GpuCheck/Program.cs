using QLoraGen.GpuCheck;
using QLoraGen.Kernels.Gpu;

// gpu-check check [seed]     every kernel against float64 on fresh random inputs
// gpu-check time             cold times of every product, dequantizing, and a copy
// gpu-check ptx FOLDER       writes what the kernels compile to; no GPU is needed
// gpu-check kernels          what would be compiled, with registers and spills as the driver reports them
string verb = args.FirstOrDefault() ?? "";
if (verb == "ptx" && args.Length > 1)
{
    Directory.CreateDirectory(args[1]);
    foreach ((string name, string text) in GpuKernelInfo.Texts)
    {
        File.WriteAllText(Path.Combine(args[1], $"{name}.ptx"), text);
    }
    return 0;
}
if (verb is not ("check" or "time" or "kernels"))
{
    Console.Error.WriteLine("gpu-check check [seed] | time | kernels | ptx FOLDER");
    return 2;
}
if (GpuDevice.WhyNone is { } why)
{
    Console.Error.WriteLine($"gpu-check: there is no CUDA device to use: {why}");
    return 3;
}
GpuDevice device = GpuDevice.Open();
Console.WriteLine($"{device.Name}, sm_{device.Architecture}, {device.Multiprocessors} multiprocessors, {device.L2CacheBytes >> 20} MiB of L2, driver for CUDA {GpuDevice.DriverVersion / 1000}.{GpuDevice.DriverVersion % 1000 / 10}");
switch (verb)
{
    case "check":
        int seed = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : Environment.TickCount;
        return new Checks(device, seed).Run() ? 0 : 1;
    case "time":
        Timings.Run(device);
        return 0;
    default:
        foreach (GpuKernelInfo kernel in GpuKernelInfo.Of(device))
        {
            Console.WriteLine($"{kernel.Name,-28} {kernel.Registers,4} registers {kernel.SpilledBytes,5} bytes spilled {kernel.SharedBytes,7} bytes of dynamic shared memory");
        }
        return 0;
}
