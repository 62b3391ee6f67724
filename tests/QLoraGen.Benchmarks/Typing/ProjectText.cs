namespace QLoraGen.Benchmarks.Typing;

/// <summary>The files of a project that declares many models, none with a fault, among code that has nothing to do with them.</summary>
/// <param name="name">What its classes' names begin with: two projects share none.</param>
/// <param name="models">How many models, each in a file of its own; every tenth is bound to a config.json.</param>
/// <param name="others">How many files without a model.</param>
internal sealed class ProjectText(string name, int models, int others)
{
    private const int EachBound = 10;

    public IEnumerable<(string Path, string Text)> Sources =>
    [
        .. Enumerable.Range(0, models).Select(i => ($"/{name}/Models/{ModelText.Class(name, i)}.cs", ModelText.Source(name, i, i % EachBound == 0))),
        .. Enumerable.Range(0, others).Select(i => ($"/{name}/Services/Service{i}.cs", OtherText.Source(name, i))),
    ];

    /// <summary>The AdditionalFiles: a config and an adapter for each bound model, and what other tools read.</summary>
    public IEnumerable<(string Path, string Text)> Files =>
    [
        .. Enumerable.Range(0, models).Where(static i => i % EachBound == 0).SelectMany(i => ((string, string)[])
        [
            ($"/{name}/{ModelText.File(name, i)}.config.json", ModelText.Config(name, i)),
            ($"/{name}/{ModelText.File(name, i)}.adapter_config.json", ModelText.Adapter),
        ]),
        ($"/{name}/appsettings.json", """{ "Logging": { "LogLevel": { "Default": "Information" } } }"""),
    ];
}
