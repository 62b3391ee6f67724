using QLoraGen.Checkpoints;
using QLoraGen.Runtime.Tests.Checkpoints;
using QLoraGen.Runtime.Tests.Layers;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Freezing;

public sealed class RegionCacheTests : IDisposable
{
    private const int K = 172, N = 96, HeaderLength = 4096;
    private static readonly QuantFormat nf4 = new(QuantType.NF4);

    private readonly TempFolder folder = new();
    private readonly List<string> notices = [];

    public RegionCacheTests()
    {
        Directory.CreateDirectory(Model);
        OneLinear.WriteCheckpoint(Model, K, N);
    }

    private string Model => folder.File("model");

    private string Cache => folder.File("cache", "regions");   // made when needed

    [Fact]
    public void The_first_start_quantizes_and_the_second_reads_nothing_but_the_file()
    {
        UInt128 first = Load(), inMemory = Load(cache: false);
        string file = Assert.Single(Directory.GetFiles(Cache));
        Assert.Equal(inMemory, first);

        DateTime written = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(file, written);
        Assert.Equal(first, Load());
        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
        Assert.Equal([file], Directory.GetFiles(Cache));
        Assert.Empty(notices);
    }

    [Fact]
    public void A_region_in_the_cache_is_used_without_asking_the_model_to_fill_it()
    {
        Load();
        using var model = new OneLinear(K, N);
        using Checkpoint checkpoint = Checkpoint.Open(Model);
        QuantStateLayout layout = QuantStateLayout.Of(model, nf4, static _ => TensorDType.F32);
        using FrozenRegion? region = new RegionCache(Cache).Open(layout, checkpoint.ContentHash());
        Assert.NotNull(region);
        Assert.Null(new RegionCache(Cache).Open(layout, "of another checkpoint"));
    }

    [Fact]
    public void Content_format_block_size_and_double_quantization_each_have_a_file_of_their_own()
    {
        Load();
        Load(nf4 with { Type = QuantType.FP4 });
        Load(nf4 with { BlockSize = 128 });
        Load(nf4 with { DoubleQuant = false });
        OneLinear.WriteCheckpoint(Model, K, N, seed: 9);
        UInt128 other = Load();
        Assert.Equal(5, Directory.GetFiles(Cache).Length);
        Assert.Equal(Load(cache: false), other);
        Assert.Empty(notices);
    }

    [Theory]
    [InlineData(0)]                     // the magic
    [InlineData(8)]                     // the length
    [InlineData(16)]                    // the hash
    [InlineData(HeaderLength)]          // the first code
    [InlineData(HeaderLength + 8200)]   // one further on
    public void A_damaged_byte_is_told_and_the_region_made_again(int at)
    {
        UInt128 whole = Load();
        string file = Assert.Single(Directory.GetFiles(Cache));
        byte[] bytes = File.ReadAllBytes(file);
        bytes[at] ^= 1;
        File.WriteAllBytes(file, bytes);

        Assert.Equal(whole, Load());
        Assert.Contains(file, Assert.Single(notices));
        Assert.Equal(whole, Load());
        Assert.Single(notices);
        Assert.Equal([file], Directory.GetFiles(Cache));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(HeaderLength)]
    [InlineData(HeaderLength + 5000)]
    public void A_truncated_file_is_told_and_the_region_made_again(int length)
    {
        UInt128 whole = Load();
        string file = Assert.Single(Directory.GetFiles(Cache));
        using (FileStream stream = File.OpenWrite(file))
        {
            stream.SetLength(length);
        }
        Assert.Equal(whole, Load());
        Assert.Contains(file, Assert.Single(notices));
    }

    [Fact]
    public void Where_the_folder_cannot_be_made_the_region_is_kept_in_memory_and_that_is_told()
    {
        folder.Write("cache", "a file where the folder should be");
        Assert.Equal(Load(cache: false), Load());
        Assert.Contains("not kept", Assert.Single(notices, notice => notice.Contains("not kept")));
    }

    [LinuxFact]
    public void A_region_that_cannot_be_read_is_told_and_made_again()
    {
        UInt128 whole = Load();
        string file = Assert.Single(Directory.GetFiles(Cache));
        File.Delete(file);
        File.CreateSymbolicLink(file, file);   // a loop: opening it is an IOException, for root too
        Assert.Equal(whole, Load());
        Assert.Contains("cannot be read", Assert.Single(notices));
        Assert.Equal(whole, Load());
        Assert.Single(notices);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_quantized_leaves_nothing_behind()
    {
        string weights = Path.Combine(Model, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - sizeof(float)), float.NaN);
        File.WriteAllBytes(weights, bytes);
        using var model = new OneLinear(K, N);
        using Checkpoint checkpoint = Checkpoint.Open(Model);
        Assert.Throws<QLoraException>(() => model.LoadFrozen(checkpoint, nf4, new RegionCache(Cache)));
        Assert.Empty(Directory.GetFiles(Cache));
    }

    [Fact]
    public void A_model_far_larger_than_its_checkpoint_is_refused_before_memory_or_disk_is_taken_for_it()
    {
        using var model = new OneLinear(1 << 19, 1 << 19);   // 2^37 bytes in 4 bits
        using Checkpoint checkpoint = Checkpoint.Open(Model);
        QLoraException error = Assert.Throws<QLoraException>(() => model.LoadFrozen(checkpoint, nf4, new RegionCache(Cache)));
        Assert.Contains("expected shape [524288, 524288], found [96, 172]", error.Message);
        Assert.False(Directory.Exists(Cache));
    }

    [Fact]
    public void Builders_at_the_same_time_all_get_the_whole_region()
    {
        UInt128 expected = Load(cache: false);
        UInt128[] built = new UInt128[6];
        Thread[] threads = [.. Enumerable.Range(0, built.Length).Select(i => new Thread(() => built[i] = Load()))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.All(built, hash => Assert.Equal(expected, hash));
        Assert.Single(Directory.GetFiles(Cache));
        Assert.Empty(notices);
    }

    [Fact]
    public void A_model_takes_weights_once_and_keeps_the_first()
    {
        using var model = new OneLinear(K, N);
        using Checkpoint checkpoint = Checkpoint.Open(Model);
        model.LoadFrozen(checkpoint, nf4);
        float[] first = model.Weight();
        OneLinear.WriteCheckpoint(Model, K, N, seed: 9);
        using Checkpoint other = Checkpoint.Open(Model);
        Assert.Throws<InvalidOperationException>(() => model.LoadFrozen(other, nf4));
        Assert.Throws<InvalidOperationException>(() => model.Initialize(seed: 1));
        Assert.Equal(first, model.Weight());
    }

    public void Dispose() => folder.Dispose();

    private UInt128 Load(QuantFormat? format = null, bool cache = true)
    {
        using var model = new OneLinear(K, N);
        using Checkpoint checkpoint = Checkpoint.Open(Model);
        model.LoadFrozen(checkpoint, format ?? nf4, cache ? new RegionCache(Cache) : null, Tell);
        return model.Region!.Hash();
    }

    private void Tell(string notice)
    {
        lock (notices)
        {
            notices.Add(notice);
        }
    }
}
