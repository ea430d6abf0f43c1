using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>API keys. A key is shown once, when it is made; later only its public part and a piece of its hash.</summary>
internal sealed class KeyAdmin(IGrainFactory grains, KeyCreation creation, TimeProvider clock)
{
    private const int LongestName = 100;
    private const int ShownHashBytes = 4;

    /// <summary><c>POST keys</c>.</summary>
    public async Task<IResult> CreateAsync(HttpContext context)
    {
        var (body, problem) = await AdminBody.ReadObjectAsync(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        var faults = new List<AdminFault>();
        var fields = new JsonFields(body, "", faults);
        var name = fields.RequiredText("name", LongestName);
        var roles = ReadRoles(fields);
        var expiresAt = ReadEnd(fields);
        fields.RefuseOthers();
        if (faults.Count > 0)
        {
            return Problem.InvalidBody(faults);
        }

        var created = await creation.CreateAsync(name!, roles, expiresAt, context.RequestAborted);
        context.Response.Headers.Location = $"/admin/v1/keys/{created.Record.PublicId}";
        return AdminJson.Answer(json => Write(json, created.Record, created.Key.Reveal()), StatusCodes.Status201Created);
    }

    /// <summary><c>GET keys</c>, in the order of shards, then of public ids.</summary>
    public async Task<IResult> ListAsync(HttpContext context)
    {
        var (page, problem) = ListPage.Read(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        if (page.After is { } last && !ApiKeyFormat.IsPublicId(last))
        {
            return Problem.InvalidParameter("'after' must be the public id of a key.");
        }

        var found = new List<KeyRecord>();
        var first = page.After is null ? 0 : KeyDirectory.ShardOf(page.After);
        for (var shard = first; shard < KeyDirectory.Shards && found.Count <= page.Limit; shard++)
        {
            var keys = await ReadShardAsync(shard, context.RequestAborted);
            found.AddRange(keys
                .Where(k => shard > first || page.After is null || string.CompareOrdinal(k.PublicId, page.After) > 0)
                .OrderBy(k => k.PublicId, StringComparer.Ordinal));
        }

        return page.Answer(found, k => k.PublicId, (json, k) => Write(json, k, null));
    }

    /// <summary><c>GET keys/{publicId}</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context, string publicId) =>
        ApiKeyFormat.IsPublicId(publicId) && await Shard(publicId).FindAsync(publicId).Within(clock, context.RequestAborted) is { } record
            ? AdminJson.Answer(json => Write(json, record, null))
            : NoSuch(publicId);

    /// <summary><c>DELETE keys/{publicId}</c>: the key never works again.</summary>
    public async Task<IResult> RevokeAsync(HttpContext context, string publicId) =>
        ApiKeyFormat.IsPublicId(publicId) && await Shard(publicId).RevokeAsync(publicId).Within(clock, context.RequestAborted)
            ? AdminJson.Empty()
            : NoSuch(publicId);

    private static Problem NoSuch(string publicId) => Problem.NotFound($"key '{publicId}'");

    private static ImmutableArray<string> ReadRoles(JsonFields fields)
    {
        var roles = ImmutableArray.CreateBuilder<string>();
        foreach (var item in fields.Items("roles", 8))
        {
            if (item.ValueKind != JsonValueKind.String || !KeyRoles.IsKnown(item.GetString()!))
            {
                fields.Fault("roles", $"Each must be '{KeyRoles.Admin}' or '{KeyRoles.User}'.");
                return [];
            }

            if (!roles.Contains(item.GetString()!))
            {
                roles.Add(item.GetString()!);
            }
        }

        return roles.Count > 0 ? roles.ToImmutable() : [KeyRoles.User];
    }

    private DateTimeOffset? ReadEnd(JsonFields fields)
    {
        if (fields.Text("expiresAt", 64) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) && end > clock.GetUtcNow())
        {
            return end.ToUniversalTime();
        }

        fields.Fault("expiresAt", "It must be a moment to come, for example 2030-01-31T00:00:00Z.");
        return null;
    }

    private static IKeyDirectoryGrain Shard(IGrainFactory grains, int shard) => grains.GetGrain<IKeyDirectoryGrain>(shard);

    private static void Write(Utf8JsonWriter json, KeyRecord record, string? plain)
    {
        json.WriteStartObject();
        if (plain is not null)
        {
            json.WriteString("key"u8, plain);
        }

        json.WriteString("publicId"u8, record.PublicId);
        json.WriteString("name"u8, record.Name);
        json.WriteStartArray("roles"u8);
        foreach (var role in record.Roles)
        {
            json.WriteStringValue(role);
        }

        json.WriteEndArray();
        json.WriteString("hashPrefix"u8, Convert.ToHexStringLower(record.Hash.AsSpan()[..ShownHashBytes]));
        json.WriteMoment("createdAt", record.CreatedAt);
        json.WriteMoment("expiresAt", record.ExpiresAt);
        json.WriteBoolean("revoked"u8, record.Revoked);
        json.WriteEndObject();
    }

    private IKeyDirectoryGrain Shard(string publicId) => Shard(grains, KeyDirectory.ShardOf(publicId));

    // Keys that change while the pages are read come again at the end: the last word counts.
    private async Task<IEnumerable<KeyRecord>> ReadShardAsync(int shard, CancellationToken cancellationToken)
    {
        var keys = new Dictionary<string, KeyRecord>(StringComparer.Ordinal);
        var cursor = default(KeyFeedCursor);
        KeyFeedPage page;
        do
        {
            page = await Shard(grains, shard).FeedAsync(cursor, TimeSpan.Zero).Within(clock, cancellationToken);
            foreach (var record in page.Changes)
            {
                keys[record.PublicId] = record;
            }

            cursor = page.Next;
        }
        while (page.More);

        return keys.Values;
    }
}
