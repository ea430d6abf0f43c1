namespace ProxyCluster.GatewayApi.Audit;

/// <summary>What an endpoint knows of the change it makes, for the record of it. An endpoint that says nothing is recorded by its route alone.</summary>
internal sealed class AuditNote
{
    /// <summary>The id of what is changed, never a key; <see langword="null"/>: the route or the answer's <c>Location</c> names it.</summary>
    public string? Object { get; set; }

    /// <summary>What was there before, as JSON; empty: nothing. Its secrets are not written.</summary>
    public ReadOnlyMemory<byte> Before { get; private set; }

    /// <summary>What is to be there now, as JSON; empty: nothing. Its secrets are not written.</summary>
    public ReadOnlyMemory<byte> After { get; private set; }

    /// <summary>The note of a request.</summary>
    public static AuditNote Of(HttpContext context)
    {
        if (context.Features.Get<AuditNote>() is not { } note)
        {
            context.Features.Set(note = new());
        }

        return note;
    }

    /// <summary>Notes what the change changes.</summary>
    public void Changes(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after) => (Before, After) = (before, after);
}
