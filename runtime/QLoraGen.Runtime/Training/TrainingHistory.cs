using System.Text.Json;
using System.Text.Json.Nodes;

namespace QLoraGen;

/// <summary>A logged step of a run.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean loss of its labels, in nats.</param>
/// <param name="LearningRate">What it stepped with; null where the log does not say.</param>
/// <param name="GradientNorm">Before clipping; null where the log does not say.</param>
public sealed record LoggedStep(int Step, double Loss, double? LearningRate, double? GradientNorm);

/// <summary>A logged measurement of the held-out samples.</summary>
/// <param name="Step">After which it was made.</param>
/// <param name="Loss">Mean negative log-likelihood, in nats a predicted token.</param>
public sealed record LoggedEvaluation(int Step, double Loss);

/// <summary>
/// How a run went from its very first step, also where it was stopped and gone on with: <c>log_history</c> of <c>trainer_state.json</c>.
/// </summary>
/// <param name="Steps">The logged steps, in order.</param>
/// <param name="Evaluations">The logged measurements, in order.</param>
public sealed record TrainingHistory(IReadOnlyList<LoggedStep> Steps, IReadOnlyList<LoggedEvaluation> Evaluations)
{
    // What else Transformers logs, such as the summary at the end of a run, is neither and is passed over.
    internal static TrainingHistory Of(JsonArray log)
    {
        List<LoggedStep> steps = [];
        List<LoggedEvaluation> evaluations = [];
        foreach (JsonObject entry in log.OfType<JsonObject>())
        {
            if (Number(entry, "step") is not (>= 0 and <= int.MaxValue and var step))
            {
                continue;
            }
            if (Number(entry, "loss") is { } loss)
            {
                steps.Add(new LoggedStep((int)step, loss, Number(entry, "learning_rate"), Number(entry, "grad_norm")));
            }
            if (Number(entry, "eval_loss") is { } heldOut)
            {
                evaluations.Add(new LoggedEvaluation((int)step, heldOut));
            }
        }
        return new TrainingHistory(steps, evaluations);
    }

    private static double? Number(JsonObject entry, string name) =>
        entry[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.Deserialize<double>() : null;
}
