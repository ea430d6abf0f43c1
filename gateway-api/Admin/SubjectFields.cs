using System.Text.Json;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Users and teams as operators write and see them.</summary>
internal static class SubjectFields
{
    private const int LongestName = 100;

    /// <summary>Reads a new user or team.</summary>
    public static (SubjectRecord? Record, Problem? Problem) ReadNew(SubjectKind kind, JsonElement body)
    {
        var faults = new List<AdminFault>();
        var fields = new JsonFields(body, "", faults);
        if (fields.Get("id") is null)
        {
            fields.Fault("id", "It is required.");
        }

        var record = Read(fields, new() { Kind = kind, Id = AllowFields.Id(fields, "id") ?? "" });
        return faults.Count > 0 ? (null, Problem.InvalidBody(faults)) : (record, null);
    }

    /// <summary>Applies a merge patch to a user or team.</summary>
    public static (SubjectRecord? Record, Problem? Problem) ReadPatch(SubjectRecord current, JsonElement patch)
    {
        var (body, problem) = AdminBody.Parse(MergePatch.Apply(JsonElement.Parse(AdminJson.ObjectOf(json => WriteFields(json, current)).Span), patch));
        if (problem is not null)
        {
            return (null, problem);
        }

        var faults = new List<AdminFault>();
        var record = Read(new JsonFields(body, "", faults), current);
        return faults.Count > 0 ? (null, Problem.InvalidBody(faults)) : (record, null);
    }

    /// <summary>Writes a user or team as an object.</summary>
    public static void Write(Utf8JsonWriter json, SubjectDescription subject, Reach? reach = null)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, subject.Record.Id);
        WriteFields(json, subject.Record);
        json.WriteMoment("createdAt", subject.Record.CreatedAt);
        reach?.Write(json);
        json.WriteEndObject();
    }

    private static SubjectRecord Read(JsonFields fields, SubjectRecord current)
    {
        var record = current with
        {
            Name = fields.Text("name", LongestName),
            Team = current.Kind == SubjectKind.User ? AllowFields.Id(fields, "team") : null,
            Limits = LimitFields.Read(fields),
            Models = AllowFields.Models(fields),
            Regions = AllowFields.Regions(fields),
            Suspended = fields.Flag("suspended", false),
        };
        fields.RefuseOthers();
        return record;
    }

    /// <summary>A user or team as the log compares it; of one that is deleted, or that nobody has made yet, nothing.</summary>
    public static ReadOnlyMemory<byte> Audited(SubjectRecord? record) =>
        record is null or { Deleted: true } ? default : AdminJson.ObjectOf(json => WriteFields(json, record));

    private static void WriteFields(Utf8JsonWriter json, SubjectRecord record)
    {
        json.WriteString("name"u8, record.Name);
        if (record.Kind == SubjectKind.User)
        {
            json.WriteString("team"u8, record.Team);
        }

        AllowFields.Write(json, "models", record.Models);
        AllowFields.Write(json, "regions", record.Regions);
        LimitFields.Write(json, record.Limits);
        json.WriteBoolean("suspended"u8, record.Suspended);
    }
}
