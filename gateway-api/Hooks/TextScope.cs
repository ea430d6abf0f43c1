using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>What holds for a part of a document.</summary>
/// <param name="IsAnswer">A model says it.</param>
/// <param name="Kind">What is said there.</param>
/// <param name="Role">Who says it.</param>
/// <param name="Path">Where it is.</param>
/// <param name="IsFree">Members are named by the client: no name means anything.</param>
internal readonly record struct TextScope(bool IsAnswer, HookTextKind Kind, HookRole Role, string Path, bool IsFree = false)
{
    public TextScope At(string name) => this with { Path = Path.Length == 0 ? name : $"{Path}.{name}" };

    public TextScope At(int index) => this with { Path = $"{Path}[{index}]" };
}
