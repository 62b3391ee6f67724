using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// A composite of layers and modules. It is a TorchSharp module: <c>parameters()</c>, <c>state_dict()</c>,
/// <c>named_modules()</c> and <c>train()</c> work on it. The four methods below are written by the generator for
/// classes marked <see cref="ModuleAttribute"/> or <see cref="ModelAttribute"/>.
/// </summary>
public abstract class Module : nn.Module
{
    /// <summary>Registers the members, which field initializers have made before this constructor runs.</summary>
    protected Module() : base(nameof(Module)) => Register();

    /// <summary>Registers the layers under the checkpoint's keys.</summary>
    protected abstract void Register();

    /// <summary>Does nothing: TorchSharp would register the backing fields of properties a second time, by reflection.</summary>
    protected sealed override void RegisterComponents()
    {
    }

    /// <summary>Gives every frozen tensor its place in the region.</summary>
    protected internal abstract void Lay(QuantStateLayout layout);

    /// <summary>Fills every frozen tensor from the checkpoint, checking its shape.</summary>
    protected internal abstract void Load(CheckpointLoader checkpoint);

    /// <summary>Lists the linear layers that adapters can train.</summary>
    protected internal abstract void Adapt(AdapterTargets targets);
}
