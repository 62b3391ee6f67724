using System.Diagnostics;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests.Tool;

/// <summary>A fact about the shared data that needs signals and bash.</summary>
public sealed class UnixSharedFactAttribute : FactAttribute
{
    public UnixSharedFactAttribute() => Skip = Unix.WhyNot;
}

/// <summary>A theory about the shared data that needs signals and bash.</summary>
public sealed class UnixSharedTheoryAttribute : TheoryAttribute
{
    public UnixSharedTheoryAttribute() => Skip = Unix.WhyNot;
}

/// <summary>A fact about the shared data that mounts a small file system of its own, which goes with the process that mounted it.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly bool CanMount = OperatingSystem.IsLinux() && Succeeds(
        "bash", "-c", "unshare -rm mount -t tmpfs -o size=64k tmpfs /tmp 2>/dev/null");

    public SmallDiskFactAttribute() => Skip = Unix.WhyNot ?? (CanMount ? null : "needs the right to mount a tmpfs in a namespace");

    private static bool Succeeds(string program, params string[] args)
    {
        using Process process = Process.Start(program, args);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

internal static class Unix
{
    public static string? WhyNot => OperatingSystem.IsWindows() ? "needs bash and signals" : SharedData.Root is null ? "needs ../shared/data" : null;
}
