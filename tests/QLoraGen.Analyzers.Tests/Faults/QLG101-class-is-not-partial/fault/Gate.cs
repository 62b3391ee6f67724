using QLoraGen;

namespace Declared;

[Module]
public class {|QLG101:Gate|}(int width) : Module
{
    public partial Linear Proj { get; } = new(width, width);
}
