using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed unsafe class UnorderedSafetensorsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Tensors_that_come_in_any_order_stand_by_the_width_of_their_elements_and_the_late_ones_last()
    {
        Dictionary<string, byte[]> content = new()
        {
            ["codes"] = [1, 2, 3], ["halves"] = [4, 5], ["scales"] = [6, 7, 8, 9], ["empty"] = [], ["a.json"] = "{}"u8.ToArray(), ["b.json"] = "{ }"u8.ToArray(),
        };
        string path = folder.File("file.safetensors");
        AtomicFile.Write(path, stream =>
        {
            var file = new UnorderedSafetensors(
                stream, [Of("codes", TensorDType.U8, 3), Of("halves", TensorDType.BF16, 1), Of("scales", TensorDType.F32, 1), Of("empty", TensorDType.F32, 0)],
                ["b.json", "a.json"], longest: 512);
            file.WriteLate("b.json", content["b.json"]);
            foreach (string name in (string[])["codes", "empty", "halves", "scales"])
            {
                fixed (byte* bytes = content[name])
                {
                    file.Write(name, bytes, content[name].Length);
                }
            }
            file.WriteLate("a.json", content["a.json"]);
            Assert.Equal(14, file.Finish());
        });

        using SafetensorsFile read = SafetensorsFile.Open(path);
        Assert.Equal(["empty", "scales", "halves", "codes", "a.json", "b.json"], read.Tensors.Keys);
        Assert.All(content, entry => Assert.Equal(entry.Value, read.Bytes(read.Tensors[entry.Key]).ToArray()));
        Assert.Equal("pt", read.Metadata["format"]);
    }

    [Fact]
    public void A_tensor_twice_too_short_or_not_at_all_is_a_fault_of_the_program()
    {
        using var stream = new MemoryStream();
        var file = new UnorderedSafetensors(stream, [Of("a", TensorDType.U8, 2)], [], 512);
        byte* bytes = stackalloc byte[2];
        Assert.Throws<InvalidOperationException>(() => file.Write("a", null, 1));
        Assert.Throws<InvalidOperationException>(() => file.Finish());
    }

    private static TensorToWrite Of(string name, TensorDType dtype, long count) => new(name, dtype, [count], static _ => { });
}
