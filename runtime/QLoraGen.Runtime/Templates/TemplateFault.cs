namespace QLoraGen.Templates;

/// <summary>What is wrong with a template, before it is known in which file and line.</summary>
internal sealed class TemplateFault(string message, int? line = null) : Exception(message)
{
    /// <summary>The line, where it is not the one that is being rendered.</summary>
    public int? Line => line;
}
