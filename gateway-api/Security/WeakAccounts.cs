using System.Numerics;
using System.Runtime.InteropServices;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Accounts by their subjects, each only for as long as somebody else holds it. A table with open addressing: where a
/// hundred thousand users take turns, each step to one more object is a wait for memory. Not thread-safe, save for
/// <see cref="Expect"/>.
/// </summary>
internal sealed class WeakAccounts
{
    private const int LeastSlots = 1024;
    private const double MostLoad = 0.7;

    private volatile Slot[] _slots = new Slot[LeastSlots];
    private int _used;

    /// <summary>Has the slot of a subject fetched from memory. Safe on any thread.</summary>
    public void Expect(ReadOnlySpan<char> subject)
    {
        var slots = _slots;
        MemoryAhead.Fetch(in slots[HashOf(subject) & (slots.Length - 1)]);
    }

    /// <summary>The account of a subject; <see langword="null"/>: there is none, or nobody holds it any more.</summary>
    public Account? Find(ReadOnlySpan<char> subject)
    {
        var (slots, hash) = (_slots, HashOf(subject));
        for (var i = hash & (slots.Length - 1); slots[i].Account.IsAllocated; i = (i + 1) & (slots.Length - 1))
        {
            if (slots[i].Hash == hash && slots[i].Account.TryGetTarget(out var account) && subject.SequenceEqual(account.Subject))
            {
                return account;
            }
        }

        return null;
    }

    /// <summary>Adds the account of a subject that has none.</summary>
    public void Add(Account account)
    {
        var (slots, hash) = (_slots, HashOf(account.Subject));
        var i = hash & (slots.Length - 1);
        for (; slots[i].Account.IsAllocated; i = (i + 1) & (slots.Length - 1))
        {
            // One that was let go, most likely its own, leaves its handle behind: another is dear to make.
            if (slots[i].Hash == hash && !slots[i].Account.TryGetTarget(out _))
            {
                slots[i].Account.SetTarget(account);
                return;
            }
        }

        if (_used + 1 > slots.Length * MostLoad)
        {
            Rebuild();
            Add(account);
            return;
        }

        slots[i] = new Slot(hash, new(account));
        _used++;
    }

    ~WeakAccounts()
    {
        foreach (var slot in _slots)
        {
            slot.Account.Dispose();
        }
    }

    // Without those that were let go, and with room for as many again.
    private void Rebuild()
    {
        var held = new List<Slot>(_used);
        foreach (var slot in _slots)
        {
            if (slot.Account.IsAllocated && slot.Account.TryGetTarget(out _))
            {
                held.Add(slot);
            }
            else
            {
                slot.Account.Dispose();
            }
        }

        var slots = new Slot[Math.Max(LeastSlots, (int)BitOperations.RoundUpToPowerOf2((uint)(held.Count + 1) * 2))];
        foreach (var slot in held)
        {
            var i = slot.Hash & (slots.Length - 1);
            while (slots[i].Account.IsAllocated)
            {
                i = (i + 1) & (slots.Length - 1);
            }

            slots[i] = slot;
        }

        _used = held.Count;
        _slots = slots;
    }

    // Another one in each process: nobody can choose names that fall on one place.
    private static int HashOf(ReadOnlySpan<char> subject) => string.GetHashCode(subject);

    // A handle and no WeakReference: that is one object more on the way, and there is one for each user.
    private readonly record struct Slot(int Hash, WeakGCHandle<Account> Account);
}
