using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;

namespace ProxyCluster.Tests.Fuzz.Probing;

/// <summary>
/// The product loaded a second time, with probes in it. What drives it has to be loaded here too, so that it binds to
/// this copy: <see cref="Start"/> does so.
/// </summary>
internal sealed class ProbedContext : AssemblyLoadContext
{
    private const string Ours = "ProxyCluster.";

    private static readonly string[] Probed = ["ProxyCluster.Core", "ProxyCluster.GatewayApi"];

    private readonly string _folder;
    private readonly Dictionary<string, Assembly> _probed = new(StringComparer.Ordinal);
    private readonly byte[] _hits;
    private readonly ProbeMap _map;

    /// <summary>Rewrites and loads the product.</summary>
    /// <param name="folder">Where its assemblies are.</param>
    /// <param name="bugs">What can be planted.</param>
    /// <exception cref="InvalidDataException">A bug's guard is in no source file any more.</exception>
    public ProbedContext(string folder, IReadOnlyList<PlantedBug> bugs)
        : base("probed")
    {
        _folder = folder;
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(folder);
        var prober = new Prober(bugs);
        var rewritten = Probed.ToDictionary(static name => name, name => prober.Rewrite(Path.Combine(folder, name + ".dll"), resolver), StringComparer.Ordinal);
        if (prober.Unmet.FirstOrDefault() is { } bug)
        {
            throw new InvalidDataException($"No statement is '{bug}': say which guard is to be switched off instead.");
        }

        _map = prober.Map;
        _hits = new byte[_map.Files.Length];
        foreach (var (name, image) in rewritten)
        {
            using var stream = new MemoryStream(image);
            _probed[name] = LoadFromStream(stream);
            HolderOf(_probed[name]).GetField(Prober.HitsField, BindingFlags.Static | BindingFlags.NonPublic)!.SetValue(null, _hits);
        }
    }

    /// <summary>Calls a public static method of a driver's copy in this context: <c>(byte[] hits, Array[] map, Action&lt;int&gt; plant, object argument)</c>.</summary>
    /// <param name="driver">The driver's own assembly, as loaded in the default context.</param>
    /// <param name="type">The full name of the type.</param>
    /// <param name="method">The method's.</param>
    /// <param name="argument">Of a type of the framework.</param>
    public object? Start(Assembly driver, string type, string method, object argument)
    {
        var copy = LoadFromAssemblyPath(driver.Location);
        var entry = copy.GetType(type, throwOnError: true)!.GetMethod(method, BindingFlags.Static | BindingFlags.Public)!;
        Action<int> plant = number =>
        {
            foreach (var assembly in _probed.Values)
            {
                HolderOf(assembly).GetField(Prober.PlantedField, BindingFlags.Static | BindingFlags.NonPublic)!.SetValue(null, number);
            }
        };
        return entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [_hits, _map.ToArrays(), plant, argument], null);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Everything of ours refers to what is probed, and must not meet the copy without probes.
        if (assemblyName.Name is not { } name || !name.StartsWith(Ours, StringComparison.Ordinal))
        {
            return null;
        }

        if (_probed.TryGetValue(name, out var probed))
        {
            return probed;
        }

        var path = Path.Combine(_folder, name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    private static Type HolderOf(Assembly assembly) => assembly.GetType(Prober.HolderName, throwOnError: true)!;
}
