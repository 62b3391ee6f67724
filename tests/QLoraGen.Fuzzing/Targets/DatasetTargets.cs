using System.Text;
using QLoraGen.Data;

namespace QLoraGen.Fuzzing.Targets;

/// <summary>Rows to train on or to measure with, of every kind.</summary>
internal static class DatasetTargets
{
    public static readonly Target Dataset = new("dataset", Seeds, static folder =>
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            if (MultipleChoiceQuestion.AreIn(file))
            {
                MultipleChoiceQuestion.Read(file);
            }
            else
            {
                Data.Dataset.Read(file);
            }
        }
    });

    private static IReadOnlyList<Seed> Seeds() =>
    [
        Of("rows.jsonl", "{\"prompt\": \"a \", \"completion\": \"b\"}\n{\"prompt\": \"c \", \"completion\": \"d\"}\n"),
        Of("rows.json", """[{"instruction": "a", "input": "", "output": "b"}, {"instruction": "c", "input": "d", "output": "e"}]"""),
        Of("rows.jsonl", """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"""),
        Of("questions.jsonl", "{\"question\": \"a?\", \"choices\": [\"b\", \"c\"], \"answer\": \"A\", \"subject\": \"d\"}\n{\"question\": \"e?\", \"choices\": [\"f\", \"g\"], \"answer\": 1}\n"),
        Of("texts.json", """["a", "b", "c"]"""),
        Of("text.txt", "One line.\nAnother line.\n"),
    ];

    private static Seed Of(string name, string text) => new(new Dictionary<string, byte[]> { [name] = Encoding.UTF8.GetBytes(text) });
}
