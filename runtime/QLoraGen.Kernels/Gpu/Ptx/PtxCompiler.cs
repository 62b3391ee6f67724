using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// Compiles C# to PTX with ILGPU's back end alone: no driver, no GPU and no toolkit take part, so the text is the same on
/// every machine but for the numbers in its labels.
/// </summary>
internal static partial class PtxCompiler
{
    /// <summary>The oldest architecture that has bf16 mma and cp.async.</summary>
    public const int OldestArchitecture = 80;

    // ptxas 11.8 reads it, and drivers from 520 on; every instruction of the kernels is older.
    private static readonly CudaInstructionSet instructionSet = CudaInstructionSet.ISA_78;

    // ILGPU's compiler is not made for several threads at once.
    private static readonly Lock gate = new();

    // O1 would load through generic addresses.
    private static readonly Lazy<Context> context = new(() => Context.Create(builder => builder.Optimize(OptimizationLevel.O2)));

    /// <summary>
    /// Compiles a kernel. ILGPU writes sm_80 as the target whatever it is asked for, and drivers compile that for anything
    /// newer: one text serves all.
    /// </summary>
    public static PtxKernel Compile(KernelSource source)
    {
        lock (gate)
        {
            using var backend = new PTXBackend(context.Value, CudaArchitecture.SM_80, instructionSet, null!);
            var entry = EntryPointDescription.FromExplicitlyGroupedKernel(source.Method);
            var kernel = (PTXCompiledKernel)backend.Compile(entry, new KernelSpecialization(source.Threads, source.GroupsPerSM));
            return new(kernel.Name, Corrected(kernel.PTXAssembly));
        }
    }

    /// <summary>
    /// O2 calls branches over loaded data uniform, which they are not where the threads loaded different data; a product
    /// and a sum without a rounding of their own would be fused, and the absmax of double quantization are rounded twice;
    /// and inline PTX cannot declare dynamic shared memory, which belongs before the entry.
    /// </summary>
    private static string Corrected(string ptx)
    {
        string text = Rounded().Replace(UniformBranch().Replace(ptx, "$1"), "$1.rn.f32");
        Match declared = DynamicShared().Match(text);
        return declared.Success
            ? text.Remove(declared.Index, declared.Length).Replace(".visible .entry", $"{declared.Value.Trim()}\n\n.visible .entry", StringComparison.Ordinal)
            : text;
    }

    [GeneratedRegex(@"\b(bra|brx\.idx|call)\.uni\b")]
    private static partial Regex UniformBranch();

    [GeneratedRegex(@"\b(mul|add|sub)\.f32\b")]
    private static partial Regex Rounded();

    [GeneratedRegex(@"^[ \t]*\.extern \.shared [^;\n]*;[ \t]*\n", RegexOptions.Multiline)]
    private static partial Regex DynamicShared();
}
