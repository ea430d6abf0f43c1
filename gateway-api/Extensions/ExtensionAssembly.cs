using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using ProxyCluster.Extensions;

namespace ProxyCluster.GatewayApi.Extensions;

/// <summary>Loads the file of an extension, and finds its entries.</summary>
internal static class ExtensionAssembly
{
    // An assembly stays loaded as long as its process: a file is loaded once, also where the configuration is read again.
    private static readonly ConcurrentDictionary<string, Assembly> Loaded = new(StringComparer.Ordinal);

    /// <summary>Loads the entries' types.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="fault">What is wrong with it, and the cure; empty: nothing.</param>
    /// <returns>At least one, unless there is a fault.</returns>
    public static IReadOnlyList<Type> Load(string path, out string fault)
    {
        try
        {
            if (!File.Exists(path))
            {
                fault = $"There is no file {path}. Publish the assembly there, or change the path: it begins at the configuration file's folder.";
                return [];
            }

            var assembly = Loaded.TryGetValue(path, out var loaded) ? loaded : new ExtensionLoadContext(path).LoadFromAssemblyPath(path);
            fault = SharedContracts.FaultOf(assembly) ?? "";
            var entries = fault.Length == 0 ? EntriesOf(assembly, out fault) : [];
            if (fault.Length == 0)
            {
                Loaded.TryAdd(path, assembly);
            }

            return entries;
        }
        catch (BadImageFormatException)
        {
            fault = $"It is no .NET assembly that this process ({RuntimeInformation.ProcessArchitecture}) can load. Name the .dll that 'dotnet publish' makes, for any processor or for this one.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or TypeLoadException or ReflectionTypeLoadException)
        {
            fault = $"It cannot be loaded: {Reason(exception)} Publish it with all that it needs: 'dotnet publish'.";
        }

        return [];
    }

    private static Type[] EntriesOf(Assembly assembly, out string fault)
    {
        var all = assembly.GetTypes().Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IGatewayExtension))).ToArray();
        var entries = Array.FindAll(all, static type => type.IsVisible);
        var unfit = Array.Find(entries, static type => type.GetConstructor(Type.EmptyTypes) is null) ?? (entries.Length == 0 ? all.FirstOrDefault() : null);
        fault = unfit is not null ? $"{unfit.FullName} must be public and have a public constructor without parameters."
            : entries.Length == 0 ? "No class in it implements ProxyCluster.Extensions.IGatewayExtension. Write one that registers what the assembly adds."
            : "";
        return entries;
    }

    private static string Reason(Exception exception) =>
        exception is ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } ? first.Message : exception.Message;
}
