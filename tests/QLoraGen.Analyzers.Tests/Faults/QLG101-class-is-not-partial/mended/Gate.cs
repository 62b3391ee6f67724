using QLoraGen;

namespace Declared;

[Module]
public partial class Gate(int width) : Module
{
    public partial Linear Proj { get; } = new(width, width);
}
