using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace QLoraGen.Generators.Reading;

/// <summary>What is read of a compilation's classes, once for all who ask: steps of the pipeline and analyzers ask for the same ones.</summary>
internal sealed class PerCompilation<T>
{
    private readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<ISymbol, T>> known = new();

    /// <summary>What is known of a symbol; a reading that is cancelled leaves nothing behind.</summary>
    public T Get(Compilation compilation, ISymbol symbol, Func<T> read) => known
        .GetValue(compilation, static _ => new ConcurrentDictionary<ISymbol, T>(SymbolEqualityComparer.Default))
        .GetOrAdd(symbol, _ => read());
}
