using System.Reflection;
using ProxyCluster.Extensions;

namespace ProxyCluster.GatewayApi.Extensions;

/// <summary>
/// The assemblies whose types pass between the gateway and an extension: the contract, and what it refers to. An
/// extension gets the gateway's own, whatever lies beside it.
/// </summary>
internal static class SharedContracts
{
    private static readonly AssemblyName Contract = typeof(IGatewayExtension).Assembly.GetName();
    private static readonly Dictionary<string, Version> Versions = Find();

    /// <summary>Whether the gateway's own is to be used.</summary>
    public static bool Contains(AssemblyName assembly) => assembly.Name is { } name && Versions.ContainsKey(name);

    /// <summary>Why an assembly cannot be used with the contracts of this gateway; <see langword="null"/>: it can.</summary>
    public static string? FaultOf(Assembly assembly) => assembly.GetReferencedAssemblies().Select(FaultOf).FirstOrDefault(static fault => fault is not null);

    private static string? FaultOf(AssemblyName reference)
    {
        if (reference is not { Name: { } name, Version: { } wanted } || !Versions.TryGetValue(name, out var own))
        {
            return null;
        }

        // What is newer may have members that this gateway lacks; a contract of another first number has other ones.
        var fits = wanted <= own && (name != Contract.Name || wanted.Major == own.Major);
        return fits ? null : $"It was built with {name} {wanted}, and this gateway has {own}. Build it with that version.";
    }

    private static Dictionary<string, Version> Find()
    {
        Dictionary<string, Version> found = new(StringComparer.OrdinalIgnoreCase);
        Queue<AssemblyName> left = new([Contract]);
        while (left.TryDequeue(out var next))
        {
            // Of the framework only what the contracts themselves refer to: what that needs is the framework's own affair.
            var assembly = Assembly.Load(next);
            if (found.TryAdd(assembly.GetName().Name!, assembly.GetName().Version!) && !next.Name!.StartsWith("System.", StringComparison.Ordinal))
            {
                Array.ForEach(assembly.GetReferencedAssemblies(), left.Enqueue);
            }
        }

        return found;
    }
}
