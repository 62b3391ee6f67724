using QLoraGen.Data;
using QLoraGen.Testing;

namespace QLoraGen.Tests.Data;

public sealed class MultipleChoiceQuestionTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_answer_is_an_index_or_a_letter()
    {
        string file = folder.Write("questions.jsonl",
            """
            {"question": "2 + 2?", "choices": ["3", "4"], "answer": 1, "subject": "elementary_mathematics"}

            {"question": "2 + 2?", "choices": ["3", "4", "5"], "answer": "b", "id": 7}
            """);
        Assert.True(MultipleChoiceQuestion.AreIn(file));
        IReadOnlyList<MultipleChoiceQuestion> questions = MultipleChoiceQuestion.Read(file);
        Assert.Equal([1, 1], questions.Select(static question => question.Answer));
        Assert.Equal(["elementary_mathematics", null], questions.Select(static question => question.Subject));
        Assert.Equal($"{file}: line 3", questions[1].Where);
        Assert.Equal(["3", "4", "5"], questions[1].Choices);
    }

    [Fact]
    public void The_prompt_is_MMLU_s()
    {
        var question = new MultipleChoiceQuestion("file", "Which is a prime?", ["4", "5", "6", "8"], 1, "number_theory");
        Assert.Equal(
            "The following are multiple choice questions (with answers) about number theory.\n\n"
            + "Which is a prime?\nA. 4\nB. 5\nC. 6\nD. 8\nAnswer:", question.Prompt);
        Assert.StartsWith("The following are multiple choice questions (with answers).\n\nWhich", (question with { Subject = null }).Prompt);
    }

    [Theory]
    [InlineData("""{"choices": ["a", "b"], "answer": 0}""", "line 2", "'question'")]
    [InlineData("""{"question": " ", "choices": ["a", "b"], "answer": 0}""", "line 2", "'question' is empty")]
    [InlineData("""{"question": "q", "answer": 0}""", "line 2", "'choices'", "2 to 26")]
    [InlineData("""{"question": "q", "choices": "a, b", "answer": 0}""", "line 2", "'choices'", "2 to 26")]
    [InlineData("""{"question": "q", "choices": ["a"], "answer": 0}""", "line 2", "'choices'", "2 to 26")]
    [InlineData("""{"question": "q", "choices": ["a", 2], "answer": 0}""", "line 2", "'choices[1]' is a number", "string")]
    [InlineData("""{"question": "q", "choices": ["a", ""], "answer": 0}""", "line 2", "'choices[1]' is empty")]
    [InlineData("""{"question": "q", "choices": ["a", "b"]}""", "line 2", "no field 'answer'", "from 0 to 1", "from A to B")]
    [InlineData("""{"question": "q", "choices": ["a", "b"], "answer": 2}""", "line 2", "'answer' is 2", "from 0 to 1")]
    [InlineData("""{"question": "q", "choices": ["a", "b"], "answer": -1}""", "line 2", "'answer' is -1")]
    [InlineData("""{"question": "q", "choices": ["a", "b"], "answer": 0.5}""", "line 2", "'answer' is 0.5")]
    [InlineData("""{"question": "q", "choices": ["a", "b"], "answer": "C"}""", "line 2", "'answer' is 'C'", "from A to B")]
    [InlineData("""{"question": "q", "choices": ["a", "b"], "answer": "b)"}""", "line 2", "'answer' is 'b)'")]
    [InlineData("""{"question": "q", "choices": ["a", "b"], "answer": true}""", "line 2", "'answer' is true")]
    [InlineData("""{"question": "q", "choices": ["a", "b"], "answer": 0, "subject": 3}""", "line 2", "'subject' is a number")]
    [InlineData("""{"question": "\ud800", "choices": ["a", "b"], "answer": 0}""", "line 2", "surrogate")]
    [InlineData("\"q\"", "line 2", "is a string", "'choices'")]
    [InlineData("{", "line 2", "JSON")]
    public void A_row_that_is_no_question_is_named_with_field_and_fix(string row, params string[] words)
    {
        string file = folder.Write("questions.jsonl", "{\"question\": \"q\", \"choices\": [\"a\", \"b\"], \"answer\": \"A\"}\n" + row);
        string message = Assert.Throws<QLoraException>(() => MultipleChoiceQuestion.Read(file)).Message;
        Assert.All(words, word => Assert.Contains(word, message));
        Assert.Contains(file, message);
    }

    [Theory]
    [InlineData("rows.jsonl", """{"question": "q", "answer": "a"}""", false)]
    [InlineData("rows.json", """[{"question": "q", "choices": ["a", "b"], "answer": 0}]""", true)]
    [InlineData("rows.json", """["a text"]""", false)]
    [InlineData("rows.jsonl", "", false)]
    [InlineData("rows.txt", "choices", false)]
    public void A_file_is_told_by_its_first_row(string name, string content, bool are) =>
        Assert.Equal(are, MultipleChoiceQuestion.AreIn(folder.Write(name, content)));

    [Fact]
    public void A_text_and_an_empty_file_are_refused()
    {
        Assert.Contains(".jsonl", Assert.Throws<QLoraException>(() => MultipleChoiceQuestion.Read(folder.Write("a.txt", "q"))).Message);
        Assert.Contains("empty", Assert.Throws<QLoraException>(() => MultipleChoiceQuestion.Read(folder.Write("a.jsonl", "\n"))).Message);
    }
}
