using System.Text;
using QLoraGen.Data;
using QLoraGen.Tokenization;

namespace QLoraGen;

/// <summary>What is scored of a choice.</summary>
public enum ChoiceScoring
{
    /// <summary>Its letter, after a prompt that shows all choices: the log-likelihood of <c> A</c>, <c> B</c> and so on (MMLU's rule).</summary>
    Letter,

    /// <summary>Its text, after the same prompt: the log-likelihood divided by the text's bytes in UTF-8, so that long ones are not worse off.</summary>
    Text,
}

/// <summary>How often a model finds the right one of several choices the likeliest.</summary>
/// <param name="Correct">Questions that it gets right.</param>
/// <param name="Questions">Number of questions.</param>
/// <param name="BySubject">The same of each subject, by name; questions without one are in the total alone.</param>
public sealed record MultipleChoice(int Correct, int Questions, IReadOnlyDictionary<string, (int Correct, int Questions)> BySubject)
{
    /// <summary>The share of questions that it gets right, from 0 to 1.</summary>
    public double Accuracy => (double)Correct / Questions;

    /// <summary>
    /// Asks each question by itself, without examples: BOS, where the model expects it, and <see cref="MultipleChoiceQuestion.Prompt"/>,
    /// as plain text without a chat template. The choice with the highest score is the model's answer, of equal ones the first.
    /// </summary>
    /// <param name="model">The model, with its weights.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="questions">At least one.</param>
    /// <param name="scoring">What is scored.</param>
    /// <param name="cancellation">Ends the measurement between two questions.</param>
    /// <exception cref="QLoraException">A question is longer than the model's context.</exception>
    public static MultipleChoice Measure(
        CausalLM model, Tokenizer tokenizer, IReadOnlyList<MultipleChoiceQuestion> questions, ChoiceScoring scoring = ChoiceScoring.Letter,
        CancellationToken cancellation = default)
    {
        int correct = 0;
        var subjects = new SortedDictionary<string, (int Correct, int Questions)>(StringComparer.Ordinal);
        foreach (MultipleChoiceQuestion question in questions)
        {
            cancellation.ThrowIfCancellationRequested();
            int right = Answer(model, tokenizer, question, scoring) == question.Answer ? 1 : 0;
            correct += right;
            if (question.Subject is { } subject)
            {
                (int before, int asked) = subjects.GetValueOrDefault(subject);
                subjects[subject] = (before + right, asked + 1);
            }
        }
        return new MultipleChoice(correct, questions.Count, subjects);
    }

    /// <summary>The index of the choice that the model gives.</summary>
    /// <exception cref="QLoraException">The question is longer than the model's context.</exception>
    public static int Answer(CausalLM model, Tokenizer tokenizer, MultipleChoiceQuestion question, ChoiceScoring scoring)
    {
        int[] prompt = [.. tokenizer is { AddBos: true, BosId: { } bos } ? [bos] : Array.Empty<int>(), .. tokenizer.Encode(question.Prompt)];
        string[] texts = [.. question.Choices.Select((text, i) => $" {(scoring == ChoiceScoring.Letter ? $"{MultipleChoiceQuestion.LetterOf(i)}" : text)}")];
        int[][] tokens = [.. texts.Select(text => tokenizer.EncodeContinuation(text))];
        int length = prompt.Length + tokens.Max(static choice => choice.Length);
        if (length > model.Config.MaxPositionEmbeddings)
        {
            throw new QLoraException($"{question.Where} has {length} tokens with its choices, and the model's context (max_position_embeddings) is "
                + $"{model.Config.MaxPositionEmbeddings}: shorten the question or remove the row.");
        }
        double[] scores = ContinuationLikelihood.Measure(model, prompt, tokens);
        if (scoring == ChoiceScoring.Text)
        {
            scores = [.. scores.Zip(texts, static (score, text) => score / Encoding.UTF8.GetByteCount(text))];
        }
        return scores.IndexOf(scores.Max());
    }
}
