using System.Text;
using QLoraGen.Data;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Models.Tests;

/// <summary>Likelihoods and answers against the loss of each choice measured by itself.</summary>
public sealed class MultipleChoiceTests
{
    private static readonly MultipleChoiceQuestion[] questions =
    [
        new("row 1", "What did Lily see?", ["a big dog", "a cat", "the little red bird in the tree"], 1, "animals"),
        new("row 2", "Where was the boy?", ["in the park", "home"], 0, "places"),
        new("row 3", "Who was happy?", ["Tim", "Mom", "Sue", "the cat"], 3, "animals"),
        new("row 4", "What is red?", ["a ball", "an apple"], 1, null),
    ];

    [SharedFact]
    public void The_log_likelihood_is_that_of_each_continuation_alone()
    {
        using CausalLM model = Stories.Load();
        var tokenizer = Tokenizer.Load(Stories.Folder);
        int[] prompt = [1, .. tokenizer.Encode("Once upon a time, there was")];
        int[][] continuations = [.. ((string[])[" a little girl named Lily", " a", " the", " a little"]).Select(text => tokenizer.EncodeContinuation(text))];
        Assert.True(continuations.Select(static tokens => tokens.Length).Distinct().Count() > 2);

        double[] together = ContinuationLikelihood.Measure(model, prompt, continuations);

        Assert.Equal(continuations.Select(tokens => Alone(model, prompt, tokens)), together, Alike);
        Assert.True(together[1] > together[2]);   // stories begin so
        Assert.Equal([together[1]], ContinuationLikelihood.Measure(model, prompt, [continuations[1]]), Alike);
    }

    [SharedTheory]
    [InlineData(ChoiceScoring.Letter)]
    [InlineData(ChoiceScoring.Text)]
    public void The_answer_is_the_choice_with_the_highest_score(ChoiceScoring scoring)
    {
        using CausalLM model = Stories.Load();
        var tokenizer = Tokenizer.Load(Stories.Folder);
        int[] expected = [.. questions.Select(question =>
        {
            int[] prompt = [1, .. tokenizer.Encode(question.Prompt)];
            double[] scores = [.. question.Choices.Select((text, i) => scoring == ChoiceScoring.Letter
                ? Alone(model, prompt, tokenizer.EncodeContinuation($" {"ABCD"[i]}"))
                : Alone(model, prompt, tokenizer.EncodeContinuation($" {text}")) / Encoding.UTF8.GetByteCount($" {text}"))];
            return Array.IndexOf(scores, scores.Max());
        })];

        Assert.Equal(expected, questions.Select(question => MultipleChoice.Answer(model, tokenizer, question, scoring)));

        // Asked for what it answers, it is always right; asked for the other one of two, wrong.
        MultipleChoice right = MultipleChoice.Measure(model, tokenizer, [.. questions.Zip(expected, static (question, answer) => question with { Answer = answer })], scoring);
        Assert.Equal((4, 4, 1.0), (right.Correct, right.Questions, right.Accuracy));
        Assert.Equal([("animals", (2, 2)), ("places", (1, 1))], right.BySubject.Select(static subject => (subject.Key, subject.Value)));
        MultipleChoice wrong = MultipleChoice.Measure(model, tokenizer, [questions[1] with { Answer = 1 - expected[1] }], scoring);
        Assert.Equal((0, 1, 0.0), (wrong.Correct, wrong.Questions, wrong.Accuracy));
        Assert.Equal((0, 1), wrong.BySubject["places"]);
    }

    [SharedFact]
    public void A_question_longer_than_the_context_is_named()
    {
        using CausalLM model = Stories.Load();
        MultipleChoiceQuestion question = questions[0] with { Question = new string('x', 3000), Where = "questions.jsonl: line 7" };
        string message = Assert.Throws<QLoraException>(
            () => MultipleChoice.Measure(model, Tokenizer.Load(Stories.Folder), [question])).Message;
        Assert.Contains("questions.jsonl: line 7", message);
        Assert.Contains("512", message);
    }

    // The mean loss of a sample whose prompt is not predicted, times its tokens.
    private static double Alone(CausalLM model, int[] prompt, int[] tokens)
    {
        Perplexity measured = Perplexity.Measure(model, [new TokenizedSample([.. prompt, .. tokens], prompt.Length)]);
        return -measured.MeanNll * measured.Tokens;
    }

    private static bool Alike(double expected, double actual) => Math.Abs(expected - actual) < 1e-4;
}
