using System.Globalization;

namespace QLoraGen;

/// <summary>
/// The checkpoints of a run, <c>checkpoint-N</c> in one folder as Transformers names them. One is written beside its place, flushed, and
/// renamed into it: under its name there is a whole one or none. It holds the adapter as PEFT loads it, what the optimizer remembers,
/// <c>trainer_state.json</c>, and what the run's result depends on. The schedule, the order of the samples and all random numbers are
/// functions of the seed and the step, so that the step is their state.
/// </summary>
/// <param name="folder">The run's output folder.</param>
/// <param name="baseModel">What the adapter's config names as its base.</param>
public sealed class CheckpointStore(string folder, string baseModel)
{
    private const string Prefix = "checkpoint-";
    private static readonly string[] parts = [OptimizerFile.Name, TrainerState.FileName, TrainingIdentity.FileName];

    /// <summary>The checkpoint to go on from, such as <see cref="Newest"/> gives; null begins anew.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>The newest whole checkpoint of a folder, or null.</summary>
    public static string? Newest(string folder) => All(folder).LastOrDefault(static found => IsWhole(found.Path)).Path;

    /// <summary>Saves what a run learned in the output folder: the adapter as PEFT loads it, then <c>trainer_state.json</c>.</summary>
    /// <exception cref="QLoraException">There is no room; an adapter that was there is unchanged.</exception>
    public void SaveResult(CausalLM model, TrainingOptions options, TrainingResult result)
    {
        PeftAdapter.Save(folder, model, baseModel);
        result.State.Write(Path.Combine(folder, TrainerState.FileName), options, BestFolder(result.State));
    }

    /// <summary>Removes what runs that were killed left half-written.</summary>
    internal void Clean()
    {
        if (!Directory.Exists(folder))
        {
            return;
        }
        foreach (string left in Directory.EnumerateFileSystemEntries(folder, ".*.tmp"))
        {
            if (Directory.Exists(left) && Path.GetFileName(left).StartsWith($".{Prefix}", StringComparison.Ordinal))
            {
                Directory.Delete(left, recursive: true);
            }
            else if (Guid.TryParseExact(Path.GetFileName(left)[1..^4], "N", out _))
            {
                File.Delete(left);
            }
        }
    }

    /// <summary>Takes up where <see cref="ResumeFrom"/> left off.</summary>
    internal TrainerState Begin(TrainingOptions options, TrainingIdentity identity, Optimizer optimizer)
    {
        if (ResumeFrom is null)
        {
            return Newest(folder) is not { } earlier ? new TrainerState() : throw new QLoraException(
                $"{earlier}: is there from an earlier run: go on from it with --resume, remove it, or choose another folder with --out.");
        }
        if (parts.FirstOrDefault(part => !File.Exists(Path.Combine(ResumeFrom, part))) is { } missing)
        {
            throw new QLoraException($"{ResumeFrom}: is no checkpoint to go on from: it has no {missing}. Name a folder {Prefix}N that finetune wrote.");
        }
        identity.RequireSame(Path.Combine(ResumeFrom, TrainingIdentity.FileName));
        var state = TrainerState.Read(Path.Combine(ResumeFrom, TrainerState.FileName), options);
        OptimizerFile.Read(Path.Combine(ResumeFrom, OptimizerFile.Name), optimizer);
        return state;
    }

    /// <summary>Saves a checkpoint, then removes those beyond the limit; the best one stays.</summary>
    /// <returns>Its folder.</returns>
    /// <exception cref="QLoraException">There is no room; the checkpoints before it are whole.</exception>
    internal string Save(CausalLM model, TrainingOptions options, TrainingIdentity identity, Optimizer optimizer, TrainerState state)
    {
        string place = PathOf(state.GlobalStep), temporary = TemporaryOf(state.GlobalStep);
        try
        {
            Directory.CreateDirectory(temporary);
            if (model.Adapters is not null)
            {
                PeftAdapter.Save(temporary, model, baseModel);
            }
            OptimizerFile.Write(Path.Combine(temporary, OptimizerFile.Name), optimizer);
            identity.Write(Path.Combine(temporary, TrainingIdentity.FileName));
            state.Write(Path.Combine(temporary, TrainerState.FileName), options, BestFolder(state));
            Remove(state.GlobalStep);   // of the same step, where a run goes on from one before it: it has the same content
            Directory.Move(temporary, place);
        }
        catch (Exception e) when (e is QLoraException or IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
            throw new QLoraException($"{place}: the checkpoint cannot be saved: {e.Message} "
                + (Newest(folder) is { } last ? $"The last whole one is {last}: make room and go on from it with --resume." : "There is none before it."), e);
        }
        Prune(options.SaveTotalLimit, state);
        return place;
    }

    /// <summary>Takes the values of the best checkpoint, where there is one.</summary>
    internal void LoadBest(TrainerState state, IReadOnlyList<TrainedTensor> tensors)
    {
        if (BestFolder(state) is { } best)
        {
            OptimizerFile.ReadValues(Path.Combine(best, OptimizerFile.Name), tensors);
        }
    }

    private static IEnumerable<(int Step, string Path)> All(string folder) => !Directory.Exists(folder) ? [] : Directory
        .EnumerateDirectories(folder, $"{Prefix}*")
        .Select(static path => (Step: int.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, null, out int step) ? step : -1, path))
        .Where(static found => found.Step >= 0).OrderBy(static found => found.Step);

    private static bool IsWhole(string path) => parts.All(part => File.Exists(Path.Combine(path, part)));

    private string PathOf(int step) => Path.Combine(folder, $"{Prefix}{step}");

    private string TemporaryOf(int step) => Path.Combine(folder, $".{Prefix}{step}.{Guid.NewGuid():N}.tmp");

    private string? BestFolder(TrainerState state) => state.Best is { } best ? PathOf(best.Step) : null;

    private void Prune(int? limit, TrainerState state)
    {
        if (limit is not { } keep)
        {
            return;
        }
        foreach ((int step, _) in All(folder).Where(found => found.Step != state.Best?.Step && found.Step != state.GlobalStep)
            .Reverse().Skip(Math.Max(0, keep - 1)))
        {
            Remove(step);
        }
    }

    // Renamed first: what is half removed must not look like a checkpoint.
    private void Remove(int step)
    {
        if (Directory.Exists(PathOf(step)))
        {
            string away = TemporaryOf(step);
            Directory.Move(PathOf(step), away);
            Directory.Delete(away, recursive: true);
        }
    }
}
