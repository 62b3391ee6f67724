using QLoraGen.Kernels.Gpu;
using QLoraGen.Testing;

namespace QLoraGen.Kernels.Tests.Gpu;

public sealed class PtxCacheTests : IDisposable
{
    private static readonly KernelSource kernel = GpuKernels.Sum;
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_kernel_is_compiled_once_and_read_ever_after()
    {
        var first = new PtxCache(folder.File("ptx"));
        PtxKernel made = first.Get(kernel);
        Assert.Equal((1, null), (first.Compiled, first.NotKept));

        var second = new PtxCache(folder.File("ptx"));
        Assert.Equal(made, second.Get(kernel));
        Assert.Equal(0, second.Compiled);
        Assert.Single(Directory.GetFiles(folder.File("ptx")));   // no temporary file is left
    }

    [Fact]
    public void Another_kernel_and_another_specialisation_are_files_of_their_own()
    {
        var cache = new PtxCache(folder.Path);
        string[] files = [cache.FileOf(kernel), cache.FileOf(GpuKernels.Dequantize), cache.FileOf(kernel with { GroupsPerSM = 2 })];
        Assert.Equal(files.Length, files.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("// 00 Kernel_Run\n.version 7.8")]
    [InlineData("no header at all")]
    public void A_damaged_file_is_made_again(string content) => CheckDamaged(_ => content);

    [Fact]
    public void A_file_that_lost_its_end_is_made_again() => CheckDamaged(whole => whole[..^10]);

    [Fact]
    public void A_file_in_which_a_character_changed_is_made_again() => CheckDamaged(whole => whole.Replace("add", "sub", StringComparison.Ordinal));

    [Fact]
    public void A_folder_that_cannot_be_made_costs_time_alone()
    {
        var cache = new PtxCache(Path.Combine(folder.Write("file", "in the way"), "ptx"));
        Assert.Contains(".entry", cache.Get(kernel).Text, StringComparison.Ordinal);
        Assert.Contains(".entry", cache.Get(kernel).Text, StringComparison.Ordinal);
        Assert.Equal(2, cache.Compiled);
        Assert.NotNull(cache.NotKept);
    }

    private void CheckDamaged(Func<string, string> damage)
    {
        PtxKernel made = new PtxCache(folder.Path).Get(kernel);
        string file = new PtxCache(folder.Path).FileOf(kernel), whole = File.ReadAllText(file);
        string damaged = damage(whole);
        Assert.NotEqual(whole, damaged);
        File.WriteAllText(file, damaged);

        var cache = new PtxCache(folder.Path);
        PtxKernel again = cache.Get(kernel);
        Assert.Equal(1, cache.Compiled);
        Assert.Equal(made.Entry, again.Entry);
        Assert.Equal(again, new PtxCache(folder.Path).Get(kernel));
    }
}
