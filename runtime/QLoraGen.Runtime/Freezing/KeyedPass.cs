namespace QLoraGen;

/// <summary>A walk over a model that knows the checkpoint's path of where it stands.</summary>
public abstract class KeyedPass
{
    private string prefix = "";

    /// <summary>Goes into a member.</summary>
    /// <param name="key">Its name below the present module.</param>
    /// <param name="module">The member.</param>
    public void Module(string key, Module module)
    {
        string outer = prefix;
        prefix = $"{prefix}{key}.";
        Enter(module);
        prefix = outer;
    }

    /// <summary>The full path of a name below the present module.</summary>
    protected string PathOf(string key) => prefix + key;

    /// <summary>Calls the module's part of this walk.</summary>
    private protected abstract void Enter(Module module);
}
