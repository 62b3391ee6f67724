namespace QLoraGen.Templates;

/// <summary>A list or tuple, which no template can change.</summary>
/// <param name="items">Its items.</param>
/// <param name="isTuple">Whether it is a tuple.</param>
internal sealed class TemplateList(IReadOnlyList<object?> items, bool isTuple = false)
{
    public IReadOnlyList<object?> Items => items;

    public bool IsTuple => isTuple;
}
