using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace QLoraGen.Generators.Remembering;

/// <summary>
/// What was read of each class, for as long as no file of the project declares anything else. Roslyn has every class read
/// again after every keystroke, since what one file declares can change what a name in another means; but what stands inside
/// a method cannot, and that is where people type.
/// </summary>
/// <param name="read">Reads a class; it must not look into the bodies of methods.</param>
internal sealed class Remembered<T>(Func<GeneratorAttributeSyntaxContext, CancellationToken, T?> read)
    where T : class
{
    // A class's syntax is the same object from one compilation to the next where its file was not edited.
    private readonly ConditionalWeakTable<SyntaxNode, Entry> entries = new();

    /// <summary>What is read of a class, or what was.</summary>
    public T? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        DeclaredProject project = DeclaredProject.Of(context.SemanticModel.Compilation);
        Entry entry = entries.GetValue(context.TargetNode, static _ => new Entry());
        Reading? last = entry.Last;
        T? model = last is not null && project.DeclaresTheSameAs(last.Project) ? last.Model : read(context, cancellation);
        entry.Last = new Reading(project, model);   // of this project also where nothing has changed: the old one can go
        return model;
    }

    private sealed class Entry
    {
        public volatile Reading? Last;   // one reference, since several compilations can be read at once
    }

    private sealed record Reading(DeclaredProject Project, T? Model);
}
