using System.Reflection;
using System.Runtime.Loader;

namespace ProxyCluster.GatewayApi.Extensions;

/// <summary>Where one extension's assembly and its libraries live, apart from the gateway's and from other extensions'.</summary>
internal sealed class ExtensionLoadContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private readonly AssemblyDependencyResolver _resolver = new(path);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        !SharedContracts.Contains(assemblyName) && _resolver.ResolveAssemblyToPath(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
}
