using QLoraGen.Data;
using QLoraGen.Testing;

namespace QLoraGen.Tests.Data;

public sealed class DatasetTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""["one", "two"]""", null, "one")]
    [InlineData("""[{"text": "one"}]""", null, "one")]
    [InlineData("""[{"instruction": "Do", "input": "this", "output": "done"}]""", "### Instruction:\nDo\n\n### Input:\nthis\n\n### Response:\n", "done")]
    [InlineData("""[{"instruction": "Do", "input": "", "output": "done"}]""", "### Instruction:\nDo\n\n### Response:\n", "done")]
    [InlineData("""[{"instruction": "Do", "output": "done", "rejected": 5}]""", "### Instruction:\nDo\n\n### Response:\n", "done")]
    [InlineData("""[{"prompt": "1+1=", "completion": "2"}]""", "1+1=", "2")]
    [InlineData("""[{"question": "1+1?", "answer": "2"}]""", "### Question:\n1+1?\n\n### Answer:\n", "2")]
    [InlineData("""[{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}, {"role": "assistant", "content": "a"}]}]""",
        "### System:\ns\n\n### User:\nu\n\n### Assistant:\n", "a")]
    public void Every_layout_is_rendered(string json, string? prompt, string completion)
    {
        Dataset dataset = Dataset.Read(folder.Write("rows.json", json));
        Assert.Equal(new Sample(prompt, completion), dataset.Samples[0]);
        Assert.Equal(prompt is null ? DatasetKind.Texts : DatasetKind.Instructions, dataset.Kind);
    }

    [Fact]
    public void Lines_are_rows_and_blank_lines_are_not()
    {
        const string Rows = "\uFEFF{\"text\": \"one\"}\r\n\n\"two\"\n{\"text\": \"three\"}";
        string[] expected = ["one", "two", "three"];
        Assert.Equal(expected, Dataset.Read(folder.Write("rows.jsonl", Rows)).Samples.Select(sample => sample.Completion));
        Assert.Equal(expected, Dataset.Read(folder.Write("rows.json", Rows)).Samples.Select(sample => sample.Completion));
    }

    [Fact]
    public void A_text_file_is_one_document()
    {
        Dataset dataset = Dataset.Read(folder.Write("book.txt", "\uFEFFCall me\nIshmael."));
        Assert.Equal(new Sample(null, "Call me\nIshmael."), Assert.Single(dataset.Samples));
        Assert.Equal(DatasetKind.Document, dataset.Kind);
    }

    [Theory]
    [InlineData("x.json", "[]", "", "is empty", "add at least one row")]
    [InlineData("x.jsonl", "\n \n", "", "is empty", "add at least one row")]
    [InlineData("x.txt", " \n", "", "is empty", "add at least one row")]
    [InlineData("x.csv", "a,b", "", "a dataset is", "convert it")]
    [InlineData("x.json", "[{\"text\": \"a\"},\n{\"text\": }]", "line 2", "not valid JSON", "Correct it there")]
    [InlineData("x.jsonl", "{\"text\": \"a\"}\n\n{\"text\": \"b\"", "line 3", "not valid JSON", "one whole value on each line")]
    [InlineData("x.json", """["a", {"instruction": "i"}]""", "row 2", "no field 'output'", "add it or remove the row")]
    [InlineData("x.json", """[{"prompt": "p", "completion": " "}]""", "row 1", "'completion' is empty", "remove the row")]
    [InlineData("x.jsonl", "{\"text\": \"a\"}\n{\"text\": 5}", "line 2", "'text' is a number", "must be a string")]
    [InlineData("x.json", """["a", null]""", "row 2", "is null", "must be a string or an object")]
    [InlineData("x.json", """["a", {"prompt": "p", "completion": "c"}]""", "row 2", "has a prompt", "separate files")]
    [InlineData("x.json", """[{"prompt": "p", "completion": "c"}, "a"]""", "row 2", "is a plain text", "separate files")]
    [InlineData("x.json", """[{"title": "t"}]""", "row 1", "none of the fields", "Rename its fields")]
    [InlineData("x.json", """["\ud83d"]""", "row 1", "half of a surrogate pair", "whole character")]
    [InlineData("x.json", """[{"messages": []}]""", "row 1", "'messages'", "at least one message")]
    [InlineData("x.json", """[{"messages": [{"role": "user", "content": "u"}]}]""", "row 1", "'messages[0].role' is 'user'", "add the answer")]
    [InlineData("x.json", """[{"messages": [{"role": "tool", "content": "u"}]}]""", "row 1", "'messages[0].role' is 'tool'", "must be system")]
    [InlineData("x.json", """[{"messages": [{"role": "assistant", "content": ["a"]}]}]""", "row 1", "'messages[0].content' is an array", "must be a string")]
    public void A_wrong_row_is_named_with_file_row_field_and_fix(string name, string content, string row, string fault, string fix)
    {
        string file = folder.Write(name, content);
        string message = Assert.Throws<QLoraException>(() => Dataset.Read(file)).Message;
        Assert.StartsWith(row.Length == 0 ? $"{file}: " : $"{file}: {row}", message);
        Assert.Contains(fault, message);
        Assert.Contains(fix, message);
    }

    [Fact]
    public void Invalid_utf8_is_named_with_its_line()
    {
        string file = folder.Write("x.txt", [.. "one\ntwo "u8, 0xC3, 0x28, .. "\n"u8]);
        Assert.StartsWith($"{file}: line 2: not valid UTF-8", Assert.Throws<QLoraException>(() => Dataset.Read(file)).Message);
    }

    [Fact]
    public void A_missing_file_is_an_error_of_its_own() =>
        Assert.Contains("no such file", Assert.Throws<QLoraException>(() => Dataset.Read(folder.File("no.json"))).Message);

    [SharedTheory]
    [InlineData(DatasetKind.Instructions, 7473, "gsm8k", "train.jsonl")]
    [InlineData(DatasetKind.Instructions, 1319, "gsm8k", "test.jsonl")]
    [InlineData(DatasetKind.Instructions, 1100, "llms-from-scratch", "instruction-data.json")]
    [InlineData(DatasetKind.Texts, 1000, "tinystories", "tinystories_1000.json")]
    [InlineData(DatasetKind.Document, 1, "tinyshakespeare.txt")]
    public void Real_datasets_read_whole(DatasetKind kind, int count, params string[] parts)
    {
        Dataset dataset = Dataset.Read(SharedData.Path(["datasets", .. parts]));
        Assert.Equal((kind, count), (dataset.Kind, dataset.Samples.Count));
    }
}
