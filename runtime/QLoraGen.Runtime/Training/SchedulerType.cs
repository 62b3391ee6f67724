namespace QLoraGen;

/// <summary>How the learning rate goes after the warm-up, under Transformers' names (<c>lr_scheduler_type</c>).</summary>
public enum SchedulerType
{
    /// <summary>Half a cosine down to zero (<c>cosine</c>).</summary>
    Cosine,

    /// <summary>A line down to zero (<c>linear</c>).</summary>
    Linear,

    /// <summary>The peak from the first step on, without a warm-up (<c>constant</c>).</summary>
    Constant,

    /// <summary>The peak after the warm-up (<c>constant_with_warmup</c>).</summary>
    ConstantWithWarmup,

    /// <summary>The peak, then half a cosine down to zero over the last steps (<c>warmup_stable_decay</c>; arXiv 2404.06395).</summary>
    WarmupStableDecay,
}

/// <summary>The names of schedules, as Transformers has them.</summary>
public static class SchedulerTypes
{
    /// <summary>The names, in the order of <see cref="SchedulerType"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cosine", "linear", "constant", "constant_with_warmup", "warmup_stable_decay"];

    /// <summary>The name of a schedule.</summary>
    public static string NameOf(SchedulerType type) => Names[(int)type];

    /// <summary>The schedule that a name means.</summary>
    /// <exception cref="QLoraException">The name is not known.</exception>
    public static SchedulerType Parse(string name) => Names.Index().FirstOrDefault(known => known.Item == name) is (int index, not null)
        ? (SchedulerType)index
        : throw new QLoraException($"lr_scheduler_type is {name}: use one of {string.Join(", ", Names)}.");
}
