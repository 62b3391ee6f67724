namespace QLoraGen.Runtime.Tests.Checkpoints;

/// <summary>A fact about Linux: skipped, visibly, elsewhere.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "needs Linux";
}
