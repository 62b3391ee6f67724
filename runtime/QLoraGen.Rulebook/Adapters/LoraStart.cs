using System.Globalization;

namespace QLoraGen;

/// <summary>How A and B begin: the values of PEFT's <c>init_lora_weights</c>, <c>true</c> and <c>false</c> among them.</summary>
public static class LoraStart
{
    /// <summary>A Kaiming-uniform and B zero, or of an embedding A zero and B normal: the model is unchanged at first.</summary>
    public const string Default = "true";

    /// <summary>Both random, so that the model is changed from the start; for tests.</summary>
    public const string Random = "false";

    /// <summary>A normal with deviation 1 / r, B zero.</summary>
    public const string Gaussian = "gaussian";

    /// <summary>Both random, with B A = 0, from the rows of one orthogonal matrix; r must be even.</summary>
    public const string Orthogonal = "orthogonal";

    /// <summary>The r largest singular vectors of W; the base keeps the rest (arXiv 2404.02948).</summary>
    public const string Pissa = "pissa";

    /// <summary>The first r columns of the QR decomposition of W; the base keeps the rest (arXiv 2406.01775).</summary>
    public const string Olora = "olora";

    /// <summary>The best product of rank r for what 4 bits lose of W (arXiv 2310.08659).</summary>
    public const string Loftq = "loftq";

    private const string PissaFast = "pissa_niter_";
    private const int MostIterations = 1000;

    private static readonly string[] plain = [Default, Random, Gaussian, Orthogonal, Pissa, Olora, Loftq];

    /// <summary>Whether new adapters can begin so.</summary>
    public static bool IsKnown(string start) => plain.Contains(start) || Iterations(start) is not null;

    /// <summary>The passes of <c>pissa_niter_16</c>, which finds singular vectors by iteration; null for anything else.</summary>
    public static int? Iterations(string start) => start.StartsWith(PissaFast, StringComparison.Ordinal)
        && int.TryParse(start.Substring(PissaFast.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int passes) && passes <= MostIterations
        ? passes
        : null;

    /// <summary>Whether the base weights lose what the adapters begin with: a saved adapter has to say what that was.</summary>
    public static bool ChangesBase(string start) => start is Pissa or Olora || Iterations(start) is not null;

    /// <summary>Whether A and B are computed from the weights in full precision, so that the checkpoint is needed once more.</summary>
    public static bool NeedsWeights(string start) => ChangesBase(start) || start == Loftq;
}
