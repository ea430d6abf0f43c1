using System.Reflection;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>A cluster whose key directory is one shard with a few keys, and answers at once.</summary>
public class OneShard : DispatchProxy
{
    private IKeyDirectoryGrain? _directory;

    /// <summary>The keys by public id.</summary>
    public IReadOnlyDictionary<string, KeyRecord>? Records { get; set; }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod?.Name != "GetGrain")
        {
            throw new InvalidOperationException("The cluster was asked for something else.");
        }

        if (_directory is null)
        {
            _directory = Create<IKeyDirectoryGrain, Shard>();
            ((Shard)(object)_directory).Records = Records;
        }

        return _directory;
    }

    /// <summary>The shard.</summary>
    public class Shard : DispatchProxy
    {
        /// <summary>The keys by public id.</summary>
        public IReadOnlyDictionary<string, KeyRecord>? Records { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name == nameof(IKeyDirectoryGrain.FindAsync)
            ? new ValueTask<KeyRecord?>(Records?.GetValueOrDefault((string)args![0]!))
            : throw new InvalidOperationException("The shard was asked for something else.");
    }
}
