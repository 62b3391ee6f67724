using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Tensors_and_metadata_are_those_of_the_header()
    {
        using SafetensorsFile file = Open(Raw.File(Raw.TwoTensors, [.. Enumerable.Range(0, 19).Select(i => (byte)i)]));

        Assert.Equal(["a", "b"], file.Tensors.Keys);
        TensorInfo a = file.Tensors["a"];
        Assert.Equal((TensorDType.F32, 0, 16, 4), (a.DType, a.Offset, a.Length, a.Count));
        Assert.Equal([2, 2], a.Shape.ToArray());
        Assert.Equal([16, 17, 18], file.Bytes(file.Tensors["b"]).ToArray());
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("{}      ", 0)]
    [InlineData("""{"scalar":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"empty":{"dtype":"F32","shape":[0,9223372036854775807,8],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"empty":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"late":{"dtype":"I8","shape":[2],"data_offsets":[3,5]},"early":{"dtype":"I8","shape":[3],"data_offsets":[0,3]}}""", 5)]
    [InlineData("""{"new":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1],"unknown":[{}]}}""", 1)]
    [InlineData("""{"\u540d":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}""", 1)]
    public void Rare_but_valid_headers_are_read(string header, int dataLength) => Open(Raw.File(header, dataLength)).Dispose();

    [LinuxFact]
    public void A_file_that_another_program_cuts_short_is_found_before_bytes_that_are_gone_are_touched()
    {
        string path = folder.Write("file.safetensors", Raw.File(Raw.TwoTensors, 19));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using (System.Diagnostics.Process truncate = System.Diagnostics.Process.Start("truncate", ["-s", "8", path]))   // knows no locks of .NET
        {
            truncate.WaitForExit();
        }
        QLoraException error = Assert.Throws<QLoraException>(() => file.Bytes(file.Tensors["b"]).ToArray());
        Assert.Contains("has 8 now", error.Message);
        Assert.StartsWith(path, error.Message);
    }

    [Fact]
    public unsafe void Nothing_can_be_reached_after_dispose()
    {
        SafetensorsFile file = Open(Raw.File(Raw.TwoTensors, 19));
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Bytes(file.Tensors["a"]).Length);
        Assert.Throws<ObjectDisposedException>(() => (nint)file.Pointer(file.Tensors["a"]));
    }

    [Fact]
    public void A_description_that_the_header_did_not_give_reaches_no_byte()
    {
        using SafetensorsFile file = Open(Raw.File(Raw.TwoTensors, 19));

        Assert.Throws<ArgumentException>(() => file.Bytes(file.Tensors["a"] with { Length = 1 << 20 }).Length);
        Assert.Throws<ArgumentException>(() => file.Bytes(new("c", TensorDType.U8, [1], 0, 1)).Length);
    }

    [Fact]
    public void A_mapped_file_cannot_be_opened_for_writing()
    {
        using (SafetensorsFile file = Open(Raw.File(Raw.TwoTensors, 19)))
        {
            Assert.Throws<IOException>(() => File.OpenWrite(file.Path).Dispose());
        }
        File.OpenWrite(folder.File("file.safetensors")).Dispose();
    }

    [Fact]
    public void A_refused_file_is_let_go()
    {
        Assert.Throws<QLoraException>(() => Open(Raw.File("{", 0)));
        File.OpenWrite(folder.File("file.safetensors")).Dispose();
    }

    [LinuxFact]
    public void A_link_to_a_device_without_end_is_refused()
    {
        File.CreateSymbolicLink(folder.File("file.safetensors"), "/dev/zero");
        Assert.Throws<QLoraException>(() => SafetensorsFile.Open(folder.File("file.safetensors")));
    }

    [LinuxFact]
    public void A_mapped_file_that_is_replaced_stays_what_it_was()
    {
        using SafetensorsFile file = Open(Raw.OneTensor("a", "U8", [1], 1));
        AtomicFile.Write(file.Path, stream => stream.Write("short"u8));
        Assert.Equal([1], file.Bytes(file.Tensors["a"]).ToArray());
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        string missing = folder.File("missing.safetensors");
        Assert.Contains("no such file", Assert.Throws<QLoraException>(() => SafetensorsFile.Open(missing)).Message);
        Assert.Contains(folder.Path, Assert.Throws<QLoraException>(() => SafetensorsFile.Open(folder.Path)).Message);
    }

    [SharedFact]
    public void Every_safetensors_file_of_the_shared_data_is_read()
    {
        string[] files = Directory.GetFiles(SharedData.Root!, "*.safetensors", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string path in files)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.NotEmpty(file.Tensors);
            Assert.Equal(file.FileLength, new FileInfo(path).Length);
        }
    }

    private SafetensorsFile Open(byte[] bytes) => SafetensorsFile.Open(folder.Write("file.safetensors", bytes));
}
