using QLoraGen.Checkpoints;
using QLoraGen.Gguf;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Gguf;

/// <summary>Files as the format describes them, read back by a reader of its own.</summary>
public sealed class GgufFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Metadata_and_tensors_are_read_back()
    {
        GgufReader file = Written(
            [("general.architecture", "llama"), ("general.name", "Überschrift 名"), ("some.number", 7u), ("some.fraction", 0.1f)],
            [Floats("first", [2, 3], 0, 1, 2, 3, 4, 5), Floats("second", [1], 9), Floats("third", [2, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8)]);

        Assert.Equal(["llama", "Überschrift 名", 7.0, (double)0.1f], file.Metadata.Values);
        Assert.Equal([3, 2], file.Tensors["first"].Sizes);   // innermost first
        Assert.Equal([0, 1, 2, 3, 4, 5], file.Tensors["first"].Values);
        Assert.Equal([9], file.Tensors["second"].Values);
        Assert.Equal([2, 2, 2], file.Tensors["third"].Sizes);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], file.Tensors["third"].Values);
    }

    [Fact]
    public void A_file_without_tensors_is_a_file()
    {
        GgufReader file = Written([("general.architecture", "llama")], []);

        Assert.Single(file.Metadata);
        Assert.Empty(file.Tensors);
    }

    [Theory]
    [InlineData(TensorDType.I8)]
    [InlineData(TensorDType.F64)]
    public void Other_types_are_not_written(TensorDType dtype) => Assert.Throws<ArgumentOutOfRangeException>(
        () => Written([], [new TensorToWrite("x", dtype, [0], ReadOnlyMemory<byte>.Empty)]));

    [Fact]
    public void A_tensor_of_another_length_than_it_says_is_an_error() => Assert.Throws<InvalidOperationException>(
        () => Written([], [new TensorToWrite("x", TensorDType.F32, [2], static stream => stream.Write(new byte[4]))]));

    private GgufReader Written((string, object)[] metadata, TensorToWrite[] tensors)
    {
        AtomicFile.Write(folder.File("file.gguf"), GgufFile.Content(metadata, tensors));
        return GgufReader.Read(folder.File("file.gguf"));
    }

    private static TensorToWrite Floats(string name, long[] shape, params float[] values) =>
        new(name, TensorDType.F32, shape, values.SelectMany(BitConverter.GetBytes).ToArray());
}
