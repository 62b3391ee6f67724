using System.Text;
using System.Text.Json;

namespace QLoraGen.Data;

/// <summary>
/// A question with answers to choose from, in the form of MMLU (arXiv 2009.03300): a row with <c>question</c>, <c>choices</c> (an array of
/// 2 to 26 strings), <c>answer</c> (the index of the right one, from 0, or its letter, from A) and, if it likes, <c>subject</c>.
/// </summary>
/// <param name="Where">The file and the row or line, counted from 1.</param>
/// <param name="Question">What is asked.</param>
/// <param name="Choices">The answers, at least two.</param>
/// <param name="Answer">Index of the right one.</param>
/// <param name="Subject">What the question is about, or null.</param>
public sealed record MultipleChoiceQuestion(string Where, string Question, IReadOnlyList<string> Choices, int Answer, string? Subject)
{
    private const int MostChoices = 26;

    /// <summary>The question with its choices under letters, as MMLU puts it, up to where the letter of the answer stands.</summary>
    public string Prompt
    {
        get
        {
            var text = new StringBuilder("The following are multiple choice questions (with answers)");
            text.Append(Subject is null ? "" : $" about {Subject.Replace('_', ' ')}").Append(".\n\n").Append(Question).Append('\n');
            for (int i = 0; i < Choices.Count; i++)
            {
                text.Append(LetterOf(i)).Append(". ").Append(Choices[i]).Append('\n');
            }
            return text.Append("Answer:").ToString();
        }
    }

    /// <summary>The letter of a choice, A for the first.</summary>
    public static char LetterOf(int choice) => (char)('A' + choice);

    /// <summary>Whether a file of rows is one of such questions: its first row has choices.</summary>
    /// <exception cref="QLoraException">The file cannot be read or is no dataset.</exception>
    public static bool AreIn(string path) => !DatasetFile.IsText(path)
        && DatasetFile.ReadRows(path).Select(static row => row.Json.ValueKind == JsonValueKind.Object && row.Whole(() => row.Has("choices"))).FirstOrDefault();

    /// <summary>Reads a `.json` or `.jsonl` file of questions.</summary>
    /// <exception cref="QLoraException">The file or a row of it is wrong; the message names file, row, field and fix.</exception>
    public static IReadOnlyList<MultipleChoiceQuestion> Read(string path)
    {
        if (DatasetFile.IsText(path))
        {
            throw new QLoraException($"{path}: is a text; questions are rows of a .json or .jsonl file.");
        }
        MultipleChoiceQuestion[] questions = [.. DatasetFile.ReadRows(path).Select(static row => row.Whole(() => Of(row)))];
        return questions.Length > 0 ? questions : throw DatasetFile.Empty(path);
    }

    private static MultipleChoiceQuestion Of(DatasetRow row)
    {
        if (row.Json.ValueKind != JsonValueKind.Object)
        {
            throw row.Error($"is {DatasetRow.Kind(row.Json)}; it must be an object with 'question', 'choices' and 'answer'");
        }
        string question = row.NotEmpty(row.Field("question"), "field 'question'");
        string[] choices = ChoicesOf(row);
        return new MultipleChoiceQuestion(row.Where, question, choices, AnswerOf(row, choices.Length), row.Has("subject") ? row.Field("subject") : null);
    }

    private static string[] ChoicesOf(DatasetRow row)
    {
        if (!row.Has("choices") || row.Json.GetProperty("choices") is not { ValueKind: JsonValueKind.Array } list
            || list.GetArrayLength() is < 2 or > MostChoices)
        {
            throw row.Error($"field 'choices' must be an array of 2 to {MostChoices} strings; correct it or remove the row");
        }
        return [.. list.EnumerateArray().Select((choice, i) => row.NotEmpty(row.Text(choice, $"field 'choices[{i}]'"), $"field 'choices[{i}]'"))];
    }

    private static int AnswerOf(DatasetRow row, int choices)
    {
        string use = $"use the index of the right choice, from 0 to {choices - 1}, or its letter, from A to {LetterOf(choices - 1)}";
        JsonElement answer = row.Has("answer") ? row.Json.GetProperty("answer") : throw row.Error($"has no field 'answer'; {use}");
        int? index = answer.ValueKind switch
        {
            JsonValueKind.Number => answer.TryGetInt32(out int number) ? number : null,
            JsonValueKind.String => answer.GetString() is [var letter] ? char.ToUpperInvariant(letter) - 'A' : null,
            _ => null,
        };
        return index >= 0 && index < choices ? index.Value
            : throw row.Error($"field 'answer' is {(answer.ValueKind == JsonValueKind.String ? $"'{answer.GetString()}'" : answer.GetRawText())}; {use}");
    }
}
