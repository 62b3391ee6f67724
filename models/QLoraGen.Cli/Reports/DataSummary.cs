using QLoraGen.Data;

namespace QLoraGen.Cli.Reports;

/// <summary>How much a dataset has.</summary>
/// <param name="File">Where it comes from.</param>
/// <param name="Samples">Number of samples.</param>
/// <param name="Tokens">Of all of them, without padding.</param>
/// <param name="Predicted">Tokens that are learned, or measured.</param>
/// <param name="Longest">Tokens of the longest sample.</param>
internal sealed record DataSummary(string File, int Samples, long Tokens, long Predicted, int Longest)
{
    public static DataSummary Of(EncodedData data) => new(
        data.File, data.Samples.Count, data.Samples.Sum(static sample => (long)sample.Ids.Length), data.Samples.Sum(PredictedOf),
        data.Samples.Max(static sample => sample.Ids.Length));

    // The first token of all is predicted from nothing.
    private static long PredictedOf(TokenizedSample sample) => sample.Learned.Sum(static part => (long)part.End - Math.Max(1, part.Start));
}
