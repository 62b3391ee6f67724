using System.Buffers.Binary;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string Target => folder.File("out.safetensors");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back_in_its_order()
    {
        SafetensorsWriter.Write(
            Target,
            [
                new("z", TensorDType.F32, [2], BitConverter.GetBytes(1.5).AsMemory()),
                new("a \" 名", TensorDType.U8, [3, 1], stream => stream.Write([7, 8, 9])),
                new("scalar", TensorDType.F8E4M3, [], new byte[] { 5 }),
                new("empty", TensorDType.F32, [0, 4], ReadOnlyMemory<byte>.Empty),
            ],
            new Dictionary<string, string> { ["format"] = "pt", ["b"] = "2" });

        using SafetensorsFile file = SafetensorsFile.Open(Target);
        Assert.Equal(["z", "a \" 名", "scalar", "empty"], file.Tensors.Keys);
        Assert.Equal([7, 8, 9], file.Bytes(file.Tensors["a \" 名"]).ToArray());
        Assert.Equal([5], file.Bytes(file.Tensors["scalar"]).ToArray());
        Assert.Equal(BitConverter.GetBytes(1.5), file.Bytes(file.Tensors["z"]).ToArray());
        Assert.Equal([3L, 1L], file.Tensors["a \" 名"].Shape.ToArray());
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal("2", file.Metadata["b"]);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abcdefg")]
    [InlineData("abcdefgh")]
    public void The_header_is_padded_to_8_bytes(string name)
    {
        SafetensorsWriter.Write(Target, [new(name, TensorDType.U8, [1], new byte[] { 1 })]);

        byte[] bytes = File.ReadAllBytes(Target);
        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(8 + length + 1, bytes.Length);
        SafetensorsFile.Open(Target).Dispose();
    }

    [SharedFact]
    public void A_real_file_is_written_again_as_it_was()
    {
        using SafetensorsFile original = SafetensorsFile.Open(SharedData.Path("models", "stories260K", "model.safetensors"));
        TensorToWrite[] tensors = [.. original.Tensors.Values.Select(t =>
            new TensorToWrite(t.Name, t.DType, t.Shape.AsSpan(), stream => stream.Write(original.Bytes(t))))];

        SafetensorsWriter.Write(Target, tensors, original.Metadata);

        Assert.Equal(File.ReadAllBytes(original.Path), File.ReadAllBytes(Target));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_tensor_that_writes_another_length_leaves_no_file(int written)
    {
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(
            Target, [new("a", TensorDType.F32, [1], stream => stream.Write(new byte[written]))]));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Names_must_differ_and_shapes_must_be_shapes()
    {
        TensorToWrite tensor = new("a", TensorDType.U8, [1], new byte[1]);
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(Target, [tensor, tensor]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(Target, [new("__metadata__", TensorDType.U8, [1], new byte[1])]));
        Assert.Throws<ArgumentException>(() => new TensorToWrite("a", TensorDType.U8, [-1], _ => { }));
        Assert.Throws<ArgumentException>(() => new TensorToWrite("a", TensorDType.U8, [long.MaxValue, long.MaxValue], _ => { }));
        Assert.Throws<ArgumentException>(() => new TensorToWrite("a", TensorDType.F32, [1], new byte[5]));
    }
}
