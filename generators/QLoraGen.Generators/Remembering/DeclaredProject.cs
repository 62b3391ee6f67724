using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace QLoraGen.Generators.Remembering;

/// <summary>All that the meaning of a project's declarations depends on: its files, what it refers to, its options.</summary>
internal sealed class DeclaredProject
{
    private static readonly ConditionalWeakTable<Compilation, DeclaredProject> known = new();

    private readonly string? name;
    private readonly CompilationOptions options;
    private readonly ImmutableArray<MetadataReference> references;
    private readonly ImmutableArray<SyntaxTree> files;

    // Projects that declare the same share one; so each pair of them is compared once, however many classes ask.
    private object declares = new();
    private object? declaresNot;

    private DeclaredProject(Compilation compilation)
    {
        name = compilation.AssemblyName;
        options = compilation.Options;
        references = compilation.ExternalReferences;
        files = [.. compilation.SyntaxTrees];
    }

    public static DeclaredProject Of(Compilation compilation) => known.GetValue(compilation, static c => new DeclaredProject(c));

    /// <summary>Whether only bodies of methods, comments and blanks differ, if anything does.</summary>
    public bool DeclaresTheSameAs(DeclaredProject other)
    {
        if (declares == other.declares)
        {
            return true;
        }
        if (declaresNot == other.declares)
        {
            return false;
        }
        if (!IsSame(other))
        {
            declaresNot = other.declares;
            return false;
        }
        declares = other.declares;
        return true;
    }

    private bool IsSame(DeclaredProject other)
    {
        if (name != other.name || !options.Equals(other.options) || !references.SequenceEqual(other.references) || files.Length != other.files.Length)
        {
            return false;
        }
        for (int i = 0; i < files.Length; i++)
        {
            if (files[i] != other.files[i] && !SameDeclarations.In(files[i], other.files[i]))
            {
                return false;
            }
        }
        return true;
    }
}
