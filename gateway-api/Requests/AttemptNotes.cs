namespace ProxyCluster.GatewayApi.Requests;

/// <summary>The attempts of one request, in the order in which they ended; used again by the next request. Not thread-safe.</summary>
internal sealed class AttemptNotes
{
    private AttemptNote[] _notes = new AttemptNote[2];
    private int _count;

    public ReadOnlySpan<AttemptNote> All => _notes.AsSpan(0, _count);

    public void Add(in AttemptNote note)
    {
        if (_count == _notes.Length)
        {
            Array.Resize(ref _notes, 2 * _count);
        }

        _notes[_count++] = note;
    }

    public void AddAll(ReadOnlySpan<AttemptNote> notes)
    {
        foreach (ref readonly var note in notes)
        {
            Add(note);
        }
    }

    public void Clear()
    {
        Array.Clear(_notes, 0, _count);
        _count = 0;
    }
}
