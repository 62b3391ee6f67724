using System.Text.Json.Nodes;

namespace QLoraGen.Cli.Evaluations;

/// <summary>What was measured of a model.</summary>
/// <param name="Shown">For people: the same names for every model.</param>
/// <param name="Fields">For programs.</param>
internal sealed record Figures(IReadOnlyList<Figure> Shown, (string Name, JsonNode? Value)[] Fields);

/// <summary>One number.</summary>
/// <param name="Name">With its unit.</param>
/// <param name="Value">The number.</param>
/// <param name="Format">How it is written.</param>
internal sealed record Figure(string Name, double Value, string Format);

/// <summary>Data to measure models with.</summary>
internal interface IEvaluation
{
    /// <summary>What is measured, in a line.</summary>
    string About { get; }

    /// <summary>Measures the model as it is now, with or without an adapter.</summary>
    Figures Measure(CancellationToken cancellation);
}
