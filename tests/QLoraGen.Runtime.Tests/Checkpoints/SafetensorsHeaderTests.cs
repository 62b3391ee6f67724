using System.Buffers.Binary;
using System.Text;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class SafetensorsHeaderTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0ul, "length is 0")]
    [InlineData(1ul, "length is 1")]
    [InlineData(200ul, "truncated")]
    [InlineData(100_000_000ul, "truncated")]
    [InlineData(100_000_001ul, "more than the 100000000 allowed")]
    [InlineData(1ul << 63, "more than the 100000000 allowed")]
    [InlineData(ulong.MaxValue, "more than the 100000000 allowed")]
    public void A_header_length_that_cannot_be_is_refused(ulong length, string says)
    {
        byte[] bytes = Raw.File(Raw.TwoTensors, 19);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Refused(bytes, says);
    }

    [Fact]
    public void Every_shorter_piece_of_a_file_is_refused_as_truncated()
    {
        byte[] whole = Raw.File(Raw.TwoTensors, 19);
        for (int length = 0; length < whole.Length; length++)
        {
            Refused(whole[..length], "truncated");
        }
    }

    [Theory]
    [InlineData(" {}", "begin with")]
    [InlineData("[1]", "begin with")]
    [InlineData("""{"a" }""", "not valid JSON")]
    [InlineData("{}{}", "not valid JSON")]
    [InlineData("{},", "not valid JSON")]
    [InlineData("""{"\ud800":{}}""", "not valid JSON")]
    [InlineData("""{"a":1}""", "'a' is not an object")]
    [InlineData("""{"a":null}""", "'a' is not an object")]
    [InlineData("""{"a":{}}""", "dtype is missing")]
    [InlineData("""{"a":{"dtype":"U8","data_offsets":[0,4]}}""", "shape is missing")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4]}}""", "data_offsets is missing")]
    [InlineData("""{"a":{"dtype":8,"shape":[4],"data_offsets":[0,4]}}""", "'a.dtype' is not a string")]
    [InlineData("""{"a":{"dtype":"u8","shape":[4],"data_offsets":[0,4]}}""", "'u8' is not known")]
    [InlineData("""{"a":{"dtype":"F4","shape":[8],"data_offsets":[0,4]}}""", "'F4' is not known")]
    [InlineData("""{"a":{"dtype":"U8","shape":4,"data_offsets":[0,4]}}""", "'a.shape' is not an array")]
    [InlineData("""{"a":{"dtype":"U8","shape":["4"],"data_offsets":[0,4]}}""", "not an integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}""", "not an integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}}""", "not an integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4e0],"data_offsets":[0,4]}}""", "not an integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[18446744073709551620],"data_offsets":[0,4]}}""", "not an integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[4]],"data_offsets":[0,4]}}""", "not an integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,1073741824],"data_offsets":[0,4]}}""", "spans 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296,4294967296],"data_offsets":[0,4]}}""", "more bytes than")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}}""", "not a begin and an end")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,8]}}""", "not a begin and an end")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}""", "not a begin and an end")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}""", "not an integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,9223372036854775808]}}""", "not an integer")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[9223372036854775803,9223372036854775807]}}""", "truncated")]
    [InlineData("""{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}""", "truncated")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,4]}}""", "needs 3")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", "1 bytes after the last tensor")]
    [InlineData("""{}""", "4 bytes after the last tensor")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "leaves a hole after byte 0")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "hole")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "inside tensor 'a'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "inside tensor")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "'a' twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", "'a' twice")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "'a.dtype' twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]}}""", "'a.shape' twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"data_offsets":[0,4]}}""", "'a.data_offsets' twice")]
    [InlineData("""{"__metadata__":[]}""", "'__metadata__' is not an object")]
    [InlineData("""{"__metadata__":{"k":1}}""", "'__metadata__.k' is not a string")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", "'__metadata__.k' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "'__metadata__' twice")]
    [InlineData("""{"a":{"unknown":[[[[[[[[[[[[0]]]]]]]]]]]]}}""", "not valid JSON")]
    public void A_header_that_contradicts_the_format_is_refused(string header, string says) => Refused(Raw.File(header, 4), says);

    [Fact]
    public void A_header_that_is_not_utf8_is_refused() =>
        Refused(Raw.File([.. """{"a"""u8, 0xFF, .. "\":{}}"u8], []), "not valid UTF-8");

    [Fact]
    public void A_shape_of_more_sizes_than_a_tensor_has_is_refused() =>
        Refused(Raw.OneTensor("a", "U8", [.. Enumerable.Repeat(1L, 33)], 0), "more than 32 entries");

    [Fact]
    public void A_name_reaches_no_terminal_with_its_escape_sequences()
    {
        string message = Refused(Raw.File($$"""{"\u001b[31m{{new string('x', 500)}}":1}""", 0), "is not an object");
        Assert.DoesNotContain('\u001b', message);
        Assert.True(message.Length < 400);
    }

    [Theory]
    [InlineData("PK\u0003\u0004 and more", "zip archive")]
    [InlineData("GGUF and more", "GGUF")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "git lfs pull")]
    public void Other_formats_are_recognised(string content, string says) => Refused(Encoding.Latin1.GetBytes(content), says);

    [SharedFact]
    public void Hostile_files_are_refused()
    {
        foreach (string path in Directory.GetFiles(SharedData.Path("hostile")))
        {
            Assert.Contains(path, Assert.Throws<QLoraException>(() => SafetensorsFile.Open(path)).Message);
        }
        Assert.Contains("pickle", Assert.Throws<QLoraException>(
            () => SafetensorsFile.Open(SharedData.Path("hostile", "pytorch_model.bin"))).Message);
    }

    private string Refused(byte[] bytes, string says)
    {
        string path = folder.Write("file.safetensors", bytes);
        string message = Assert.Throws<QLoraException>(() => SafetensorsFile.Open(path).Dispose()).Message;
        Assert.StartsWith(path, message);
        Assert.Contains(says, message);
        return message;
    }
}
