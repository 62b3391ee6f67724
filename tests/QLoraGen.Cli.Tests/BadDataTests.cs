using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>Datasets that nothing can be learned from: each is refused by file and row, and no adapter is begun.</summary>
public sealed class BadDataTests : IDisposable
{
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedTheory]
    [InlineData("rows.json", "[]", "empty")]
    [InlineData("rows.jsonl", "\n\n", "empty")]
    [InlineData("rows.txt", "  \n", "empty")]
    [InlineData("rows.json", """[{"prompt": "a"}, {"prompt": "b", "completion": "c"}]""", "row 1", "completion")]
    [InlineData("rows.jsonl", "{\"prompt\": \"a\", \"completion\": \"b\"}\n{\"prompt\": \"a\", \"completion\": \"\"}", "line 2", "completion")]
    [InlineData("rows.jsonl", "{\"prompt\": \"a\", \"completion\"", "line 1", "JSON")]
    [InlineData("rows.csv", "a,b", ".jsonl")]
    public void A_file_that_is_no_dataset(string name, string content, params string[] words)
    {
        string file = qlora.Write(name, content);

        Refused(file, [file, .. words]);
    }

    [SharedFact]
    public void A_missing_file() => Refused(qlora.File("none.jsonl"), qlora.File("none.jsonl"), "no such file");

    [SharedFact]
    public void A_folder_where_a_file_should_be()
    {
        string folder = Directory.CreateDirectory(qlora.File("rows.json")).FullName;

        Refused(folder, folder, "folder");
    }

    [SharedFact]
    public void Completions_that_the_limit_cuts_away()
    {
        string file = qlora.Write("rows.json", $$"""[{"prompt": "{{new string('x', 3000)}}", "completion": "y"}]""");

        Refused(file, file, "--max-length", "512");
    }

    [SharedFact]
    public void A_model_without_data_for_it() =>
        qlora.Run("finetune", "--model", Stories.Folder, "--out", qlora.File("adapter")).Refuses("--data", Stories.Folder);

    private void Refused(string data, params string[] words)
    {
        qlora.Run("finetune", "--model", Stories.Folder, "--data", data, "--out", qlora.File("adapter"), "--json").Refuses(words);
        Assert.False(Directory.Exists(qlora.File("adapter")));
    }
}
