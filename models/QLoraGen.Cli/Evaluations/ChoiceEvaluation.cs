using System.Text.Json.Nodes;
using QLoraGen.Data;

namespace QLoraGen.Cli.Evaluations;

/// <summary>How often the right one of several choices is found the likeliest, in all and by subject.</summary>
/// <param name="loaded">The model.</param>
/// <param name="file">Where the questions come from.</param>
/// <param name="scoring">What is scored of a choice.</param>
internal sealed class ChoiceEvaluation(LoadedModel loaded, string file, ChoiceScoring scoring) : IEvaluation
{
    private readonly IReadOnlyList<MultipleChoiceQuestion> questions = MultipleChoiceQuestion.Read(file);

    public string About => $"{file}: {questions.Count:N0} questions; the answer is the choice whose "
        + (scoring == ChoiceScoring.Letter ? "letter is the likeliest after 'Answer:'" : "text is the likeliest after 'Answer:', by log-likelihood a byte");

    public Figures Measure(CancellationToken cancellation)
    {
        MultipleChoice measured = MultipleChoice.Measure(loaded.Model, loaded.Tokenizer, questions, scoring, cancellation);
        var subjects = new JsonObject();
        List<Figure> shown = [new Figure($"accuracy, % of {measured.Questions:N0}", 100 * measured.Accuracy, "F1")];
        foreach ((string subject, (int correct, int asked)) in measured.BySubject)
        {
            double accuracy = (double)correct / asked;
            shown.Add(new Figure($"  {subject}, % of {asked:N0}", 100 * accuracy, "F1"));
            subjects[subject] = new JsonObject { ["accuracy"] = accuracy, ["correct"] = correct, ["questions"] = asked };
        }
        return new Figures(shown,
        [
            ("accuracy", measured.Accuracy), ("correct", measured.Correct), ("questions", measured.Questions), ("subjects", subjects),
            ("choice_scoring", scoring.ToString().ToLowerInvariant()),
        ]);
    }
}
