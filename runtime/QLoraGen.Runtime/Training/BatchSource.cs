using QLoraGen.Data;

namespace QLoraGen;

/// <summary>What one optimizer step learns from.</summary>
/// <param name="Passes">The samples of each forward pass.</param>
/// <param name="Rows">The same, laid side by side.</param>
/// <param name="Epochs">Passes over all samples after it.</param>
internal sealed record StepData(IReadOnlyList<TokenizedSample>[] Passes, BatchRows[] Rows, double Epochs);

/// <summary>The samples of each optimizer step, one after the other. While a step is computed, the data of the next one is prepared.</summary>
internal sealed class BatchSource
{
    private readonly SampleOrder order;
    private readonly TrainingOptions options;
    private Task<StepData>? next;

    /// <summary>A source that begins after some steps.</summary>
    public BatchSource(IReadOnlyList<TokenizedSample> samples, TrainingOptions options, int doneSteps)
    {
        this.options = options;
        order = new SampleOrder(samples, options.Seed, options.GroupByLength ? options.BatchSize * options.GradientAccumulation : 0);
        for (int step = 0; step < doneSteps; step++)
        {
            Draw();
        }
    }

    /// <summary>The next step's data.</summary>
    /// <param name="last">Whether no step follows.</param>
    public StepData Next(bool last)
    {
        StepData data = next?.GetAwaiter().GetResult() ?? Prepare();
        next = last ? null : Task.Run(Prepare);
        return data;
    }

    private StepData Prepare()
    {
        IReadOnlyList<TokenizedSample>[] passes = Draw();
        return new StepData(passes, [.. passes.Select(pass => options.PackingLength > 0 ? BatchRows.Packed(pass) : BatchRows.Of(pass))], order.Epochs);
    }

    private IReadOnlyList<TokenizedSample>[] Draw() => [.. Enumerable.Range(0, options.GradientAccumulation).Select(_ =>
        options.PackingLength == 0 ? order.Take(options.BatchSize)
            : [.. Enumerable.Range(0, options.BatchSize).SelectMany(_ => order.TakeUpTo(options.PackingLength))])];
}
