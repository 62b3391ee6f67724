using System.Reflection;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime;
using ILGPU;
using QLoraGen.Emulation;

namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

/// <summary>PTX for the tests: written by hand around a body, or compiled from C# as the library does it.</summary>
internal static class PtxText
{
    /// <summary>A kernel <c>test(a, b)</c> with the addresses of two buffers in %a and %b and the thread in %t, and some registers.</summary>
    public static string Kernel(string body) => $$"""
        .version 7.8
        .target sm_80
        .address_size 64
        .visible .entry test(.param .b64 pa, .param .b64 pb)
        {
            .reg .pred %p<8>;
            .reg .b16 %h<16>;
            .reg .b32 %r<32>;
            .reg .b64 %x<16>;
            .reg .f32 %f<16>;
            .reg .b64 %a, %b;
            .reg .b32 %t;
            ld.param.u64 %a, [pa];
            ld.param.u64 %b, [pb];
            mov.u32 %t, %tid.x;
            {{body}}
            ret;
        }
        """;

    /// <summary>Runs a body that takes words from a, at 4 bytes a thread, and stores one word a thread to b.</summary>
    public static uint[] Run(string body, uint[] input, int threads = 32)
    {
        var machine = new PtxMachine(Kernel(body));
        long b = machine.Allocate(4 * threads);
        machine.Launch("test", 1, threads, 0, machine.Allocate(input), b);
        return machine.Read<uint>(b);
    }

    /// <summary>The result in %r0 of a computation from %r1, %r2 and %r3, by one thread.</summary>
    public static uint Compute(string body, params uint[] values)
    {
        string loads = string.Concat(values.Select((_, i) => $"ld.global.u32 %r{i + 1}, [%a+{4 * i}];\n"));
        return Run($"{loads}{body}\nst.global.u32 [%b], %r0;", values, 1)[0];
    }

    /// <summary>The fault that a body ends with.</summary>
    public static string Fault(string body, int threads = 32)
    {
        var fault = Assert.Throws<PtxFault>(() => Run(body, new uint[threads], threads));
        return fault.Message;
    }

    /// <summary>The PTX of an explicitly grouped kernel and the name of its entry.</summary>
    public static (string Ptx, string Entry) Compile(Delegate kernel, int threads, OptimizationLevel level = OptimizationLevel.O2)
    {
        using var context = Context.Create(builder => builder.Optimize(level));
        using var backend = new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_78, null!);
        var description = EntryPointDescription.FromExplicitlyGroupedKernel(kernel.GetMethodInfo());
        var compiled = (PTXCompiledKernel)backend.Compile(description, new KernelSpecialization(threads, 1));
        return (compiled.PTXAssembly, compiled.Name);
    }
}
