using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Models;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Providers: what is defined, and changes of it. The provider's grain decides; a version that moved on is refused.</summary>
internal sealed class ProviderAdmin(
    IGrainFactory grains,
    IRoutingSnapshotSource snapshots,
    GatewayIdentity identity,
    ProviderReader reader,
    DiscoveredModels discovered,
    ModelLists lists,
    TimeProvider clock)
{
    private const string Address = "/admin/v1/providers/";
    private const string WarningHeader = "x-proxy-warning";

    /// <summary><c>GET providers</c>.</summary>
    public async Task<IResult> ListAsync(HttpContext context)
    {
        var (page, problem) = ListPage.Read(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        // Asked of the cluster, so that a provider made a moment ago is in the list; only what differs comes over the wire.
        var known = snapshots.Current;
        var poll = new RoutingPoll(identity.Id, identity.Name, known.Definitions.Version, known.Scores.Version, TimeSpan.Zero);
        var update = await grains.GetGrain<IRoutingRelayGrain>(RoutingRelay.Key).PollAsync(poll).Within(clock, context.RequestAborted);
        var definitions = update.Definitions ?? known.Definitions;
        var statuses = (update.Scores ?? known.Scores).Scores.ToLookup(s => s.Provider, s => s.Status, StringComparer.Ordinal);

        var items = definitions.Providers
            .OrderBy(p => p.Name, StringComparer.Ordinal)
            .Where(p => page.After is null || string.CompareOrdinal(p.Name, page.After) > 0)
            .Take(page.Limit + 1)
            .ToList();
        return page.Answer(items, p => p.Name, (json, p) => ProviderWriter.Write(json, p, StatusOf(p, statuses[p.Name])));
    }

    /// <summary><c>POST providers</c>.</summary>
    public async Task<IResult> CreateAsync(HttpContext context)
    {
        var (body, problem) = await AdminBody.ReadObjectAsync(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        var (definition, faults, _) = reader.Read(body, null);
        if (definition is null)
        {
            return faults!;
        }

        AuditNote.Of(context).Changes(default, Text(definition));
        var change = await Grain(definition.Name).SetAsync(definition, expectedVersion: 0).Within(clock, context.RequestAborted);
        return change.Result switch
        {
            DefinitionChangeResult.VersionMismatch or DefinitionChangeResult.ManagedByFile => Problem.Exists($"provider '{definition.Name}'"),
            _ => await AnswerChangeAsync(context, definition.Name, change, created: true),
        };
    }

    /// <summary><c>GET providers/{name}</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context, string name) =>
        await FindAsync(context, name) is { } description ? Show(context, description, StatusCodes.Status200OK) : NoSuch(name);

    /// <summary><c>GET providers/{name}/models</c>; with <c>?refresh=true</c> the provider is asked first.</summary>
    public async Task<IResult> ModelsAsync(HttpContext context, string name)
    {
        if (await FindAsync(context, name) is not { Definition: var definition })
        {
            return NoSuch(name);
        }

        var isRefreshed = string.Equals(context.Request.Query["refresh"], "true", StringComparison.Ordinal);
        var fault = isRefreshed ? await RefreshAsync(definition, context.RequestAborted) : null;
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            ProviderWriter.WriteModels(json, definition);
            ProviderWriter.WriteDiscovered(json, discovered.ByProvider.GetValueOrDefault(name));
            if (isRefreshed)
            {
                json.WriteString("discoveryFault"u8, fault);
            }

            json.WriteEndObject();
        });
    }

    // By the definition in force where there is one, so that the provider keeps its connections.
    private Task<string?> RefreshAsync(ProviderDefinition definition, CancellationToken cancellationToken) => lists.AskAsync(
        snapshots.Current.Definitions.Providers.FirstOrDefault(provider => provider.Name == definition.Name) ?? definition, cancellationToken);

    /// <summary><c>PUT providers/{name}</c>.</summary>
    public async Task<IResult> ReplaceAsync(HttpContext context, string name)
    {
        var (body, problem) = await AdminBody.ReadObjectAsync(context.Request);
        return problem ?? await ChangeAsync(context, name, current => reader.Read(body, name, current, AbsentKey.Kept));
    }

    /// <summary><c>PATCH providers/{name}</c>.</summary>
    public async Task<IResult> PatchAsync(HttpContext context, string name)
    {
        var (patch, problem) = await AdminBody.ReadObjectAsync(context.Request);
        return problem ?? await PatchAsync(context, name, patch);
    }

    /// <summary><c>PUT providers/{name}/models</c>: the models alone, for those who may not change the rest.</summary>
    public async Task<IResult> ReplaceModelsAsync(HttpContext context, string name)
    {
        var (body, problem) = await AdminBody.ReadObjectAsync(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        var faults = body.EnumerateObject()
            .Where(static member => member.Name != "models")
            .Select(static member => new AdminFault(member.Name, "Only 'models' can be changed here."))
            .ToList();
        if (!body.TryGetProperty("models", out _))
        {
            faults.Add(new AdminFault("models", "It is required."));
        }

        return faults.Count > 0 ? Problem.InvalidBody(faults) : await PatchAsync(context, name, body);
    }

    private Task<IResult> PatchAsync(HttpContext context, string name, JsonElement patch) => ChangeAsync(context, name, current =>
    {
        var (document, fault) = AdminBody.Parse(MergePatch.Apply(Document(current), patch));
        return fault is null ? reader.Read(document, name, current) : new(null, fault, null);
    });

    /// <summary><c>POST providers/{name}/drain</c>.</summary>
    public Task<IResult> DrainAsync(HttpContext context, string name) =>
        ChangeAsync(context, name, current => new(current with { Draining = true }, null, null));

    /// <summary><c>DELETE providers/{name}</c>.</summary>
    public async Task<IResult> DeleteAsync(HttpContext context, string name)
    {
        var description = await FindAsync(context, name);
        if (Refuse(context, name, description) is { } problem)
        {
            return problem;
        }

        AuditNote.Of(context).Changes(Text(description!.Definition), default);
        var change = await Grain(name).RemoveAsync(description.Definition.Version, DefinitionSource.Api).Within(clock, context.RequestAborted);
        return ProblemOf(name, change.Result) ?? AdminJson.Empty();
    }

    /// <summary>What the provider's grain knows; <see langword="null"/>: there is no such provider.</summary>
    public async Task<ProviderDescription?> FindAsync(HttpContext context, string name) =>
        ProviderReader.IsName(name) ? await Grain(name).DescribeAsync().Within(clock, context.RequestAborted) : null;

    /// <summary>There is no such provider.</summary>
    public static Problem NoSuch(string name) => Problem.NotFound($"provider '{name}'");

    private static ProviderStatus StatusOf(ProviderDefinition definition, IEnumerable<ProviderStatus> scored)
    {
        if (!definition.Enabled)
        {
            return ProviderStatus.Disabled;
        }

        return scored.FirstOrDefault();
    }

    private static JsonElement Document(ProviderDefinition definition)
    {
        using var document = JsonDocument.Parse(Text(definition));
        return document.RootElement.Clone();
    }

    private static ReadOnlyMemory<byte> Text(ProviderDefinition definition) => AdminJson.ObjectOf(json => ProviderWriter.WriteFields(json, definition));

    private IProviderGrain Grain(string name) => grains.GetGrain<IProviderGrain>(name);

    private async Task<IResult> ChangeAsync(
        HttpContext context, string name, Func<ProviderDefinition, ProviderReading> next)
    {
        var description = await FindAsync(context, name);
        if (Refuse(context, name, description) is { } problem)
        {
            return problem;
        }

        var (definition, faults, warning) = next(description!.Definition);
        if (definition is null)
        {
            return faults!;
        }

        if (warning is not null)
        {
            context.Response.Headers[WarningHeader] = warning;
        }

        AuditNote.Of(context).Changes(Text(description.Definition), Text(definition));
        var change = await Grain(name).SetAsync(definition, description.Definition.Version).Within(clock, context.RequestAborted);
        return await AnswerChangeAsync(context, name, change, created: false);
    }

    private static Problem? Refuse(HttpContext context, string name, ProviderDescription? description) => description switch
    {
        null => NoSuch(name),
        { Definition.Source: not DefinitionSource.Api } => Problem.ManagedByFile(name),
        _ => EntityVersion.Check(context.Request, description.Definition.Version),
    };

    private static Problem? ProblemOf(string name, DefinitionChangeResult result) => result switch
    {
        DefinitionChangeResult.Stored => null,
        DefinitionChangeResult.VersionMismatch => Problem.VersionMoved(),
        DefinitionChangeResult.ManagedByFile => Problem.ManagedByFile(name),
        DefinitionChangeResult.NotFound => NoSuch(name),
        DefinitionChangeResult.StoreUnavailable => Problem.Unavailable(),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "It is not a result of a change."),
    };

    private async Task<IResult> AnswerChangeAsync(HttpContext context, string name, DefinitionChange change, bool created)
    {
        if (ProblemOf(name, change.Result) is { } problem)
        {
            return problem;
        }

        if (await FindAsync(context, name) is not { } description)
        {
            return NoSuch(name);
        }

        if (created)
        {
            context.Response.Headers.Location = Address + name;
        }

        return Show(context, description, created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static IResult Show(HttpContext context, ProviderDescription description, int status)
    {
        context.Response.Headers.ETag = EntityVersion.TagOf(description.Definition.Version);
        return AdminJson.Answer(json => ProviderWriter.Write(json, description), status);
    }
}
